import { describe, expect, test } from 'vitest';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { judgeBasis, type BasisEvidence } from '../../src/domain/split-basis.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';

const exDate = '2020-08-31';
const ratio = 4;
const before = '2020-08-30';
const observedOn = '2020-09-18';
const sessions = sessionsBetween({ from: '2020-08-10', to: '2020-09-11' }).map(({ session }) => session);

interface Row {
  readonly session: string;
  readonly close: number;
  readonly open?: number;
}

/** An answer of a source whose prices are 100 when they are right; `factor` is what each is multiplied by. */
function answer(factor: (session: string, at: number) => number): readonly Row[] {
  return sessions.map((session, at) => ({
    session,
    close: 100 * factor(session, at) * (1 + (at % 3) / 300),
  }));
}

function judge(rows: readonly Row[], over: Partial<BasisEvidence> = {}) {
  const { basisOf, toTraded, ...judged } = judgeBasis(
    {
      length: rows.length,
      day: Int32Array.from(rows, ({ session }) => dayNumber(session)),
      open: Float64Array.from(rows, ({ open, close }) => open ?? close),
      close: Float64Array.from(rows, ({ close }) => close),
    },
    {
      splits: [{ exDate, ratio }],
      doubtful: [],
      observedOn,
      traded: new Map(),
      stored: new Map(),
      ...over,
    },
  );
  const dateOf = (day: number | null) => (day === null ? null : dateOfDayNumber(day));
  const bases = rows.map(({ session }) => dateOf(basisOf(dayNumber(session))));
  const factors = rows.map(({ session }) => toTraded(dayNumber(session)));
  return { ...judged, bases, factors };
}

const expected = (basis: (session: string, at: number) => string | null) => sessions.map(basis);

describe('by the steps of the answer alone', () => {
  test('without a step all is in', () => {
    const judged = { bases: expected(() => observedOn), late: [], unknown: 0, mixed: 0, isUntold: false };
    expect(judge(answer(() => 1))).toEqual({ ...judged, factors: expected(() => null) });
  });

  test('a step of its size on its day: what lies before is not adjusted', () => {
    const { bases, late } = judge(answer((session) => (session < exDate ? ratio : 1)));
    expect(bases).toEqual(expected((session) => (session < exDate ? before : observedOn)));
    expect(late).toEqual([{ exDate, ratio }]);
  });

  test.each([1, 3, 5])('a step %d sessions before its day splits the rows there', (early) => {
    const at = sessions.indexOf(exDate) - early;
    const { bases } = judge(answer((_, place) => (place < at ? ratio : 1)));
    expect(bases).toEqual(expected((_, place) => (place < at ? before : observedOn)));
  });

  test('a step after its day: what was divided though it traded afterwards is of no use', () => {
    const at = sessions.indexOf(exDate);
    const { bases, unknown } = judge(answer((_, place) => (place < at + 3 && place >= at ? 1 / ratio : 1)));
    expect(unknown).toBe(3);
    expect(bases).toEqual(expected((_, place) => (place >= at && place < at + 3 ? null : observedOn)));
  });

  test('one row that is not adjusted among others that are', () => {
    const at = sessions.indexOf(exDate) - 4;
    const { bases } = judge(answer((_, place) => (place === at ? ratio : 1)));
    expect(bases).toEqual(expected((_, place) => (place === at ? before : observedOn)));
  });

  test('what is divided twice is of no use', () => {
    const { bases } = judge(answer((session) => (session < exDate ? 1 / ratio : 1)));
    expect(bases).toEqual(expected((session) => (session < exDate ? null : observedOn)));
  });

  test('a bad day is no split, and a step of another size shows nothing', () => {
    expect(judge(answer((session) => (session < exDate ? 1.3 : 1))).unknown).toBe(0);
    const { bases } = judge(answer((session) => (session < exDate ? 2 : 1)));
    expect(bases).toEqual(expected((session) => (session < exDate ? null : observedOn)));
  });

  test('what ends before the ex-date shows nothing', () => {
    const rows = answer(() => 1).filter(({ session }) => session < exDate);
    expect(judge(rows).bases).toEqual(rows.map(() => null));
    expect(judge(rows, { observedOn: '2020-08-29' }).bases).toEqual(rows.map(() => '2020-08-29'));
  });
});

describe('by right prices of the same sessions', () => {
  const traded = new Map(sessions.map((session) => [dayNumber(session), session < exDate ? 400 : 100]));

  test('with the later split in and the earlier not: times what is known they are as traded', () => {
    const later = { exDate: '2020-09-08', ratio: 7 };
    const splits = [{ exDate, ratio }, later];
    const own = (session: string) => 100 * (session < exDate ? ratio : 1) * (session < later.exDate ? 7 : 1);
    const raw = new Map(sessions.map((session) => [dayNumber(session), own(session)]));
    const rows = sessions.map((session) => ({ session, close: session < exDate ? 400 : 100 }));
    const { bases, factors, unknown, mixed } = judge(rows, { splits, traded: raw });
    expect(bases).toEqual(expected((session) => (session < exDate ? null : observedOn)));
    const shown = rows.map(({ close }, at) => (factors[at] == null ? null : close * factors[at]));
    expect(shown).toEqual(
      sessions.map((session) => (session < exDate ? expect.closeTo(2800, 6) : null) as unknown),
    );
    expect(mixed).toBe(unknown);
    // Its own steps alone show as much; that they are those of splits, nothing.
    expect(judge(rows, { splits }).mixed).toBe(0);
  });

  test('each row is judged for itself', () => {
    const factors = [1, ratio, 1 / ratio, 7];
    const rows = sessions.map((session, at) => ({ session, close: 100 * (factors[at % 4] ?? 1) }));
    const { bases } = judge(rows, { traded });
    const beforeSplit = [observedOn, before, null, null];
    const after = [observedOn, null, null, null];
    expect(bases).toEqual(
      expected((session, at) => (session < exDate ? beforeSplit : after)[at % 4] ?? null),
    );
  });

  test('a ratio that does not count may be in the prices all the same', () => {
    const rows = answer((session) => (session < exDate ? ratio / 5 : 1));
    expect(judge(rows, { traded, doubtful: [5] }).bases).toEqual(
      expected((session) => (session < exDate ? null : observedOn)),
    );
  });

  test('a ratio near that of another split is told from it', () => {
    // A spin-off that the source ignores looks like the later split not being in, but for 0.4 %.
    const splits = [
      { exDate: '2020-08-21', ratio: 1.046 },
      { exDate, ratio: 1.05 },
    ];
    const raw = new Map(sessions.map((session) => [dayNumber(session), session < exDate ? 105 : 100]));
    const ignoring = sessions.map((session) => ({ session, close: 100 }));
    const { bases } = judge(ignoring, { splits, traded: raw });
    expect(bases).toEqual(expected((session) => (session < '2020-08-21' ? null : observedOn)));
  });

  test('one split too many and another of nearly its ratio too few are not taken for right', () => {
    const splits = [
      { exDate: '2020-08-20', ratio: 1.05 },
      { exDate, ratio: 1.046 },
    ];
    const late = (session: string) => session >= '2020-08-20' && session < '2020-08-27';
    const rows = answer((session) => (late(session) ? 1.046 / 1.05 : 1));
    const later = (session: string) =>
      splits.reduce((product, split) => (split.exDate > session ? product * split.ratio : product), 1);
    const own = (session: string, at: number) => 100 * later(session) * (1 + (at % 3) / 300);
    // Two sources' closes of a session are apart by some hundredths of a percent, and that is no fault.
    const other = (at: number) => 1 + 0.001 * Math.sin(at);
    const traded = new Map(sessions.map((session, at) => [dayNumber(session), own(session, at) * other(at)]));
    const { bases } = judge(rows, { splits, traded });
    expect(bases).toEqual(expected((session) => (late(session) ? null : observedOn)));
  });

  test('where no split is told, what is far from them is held back', () => {
    const raw = new Map(sessions.map((session) => [dayNumber(session), 100]));
    const rows = answer((session) => (session < exDate ? 0.05 : 1));
    const { bases, unknown } = judge(rows, { splits: [], traded: raw });
    expect(bases).toEqual(expected((session) => (session < exDate ? null : observedOn)));
    expect(unknown).toBe(sessions.filter((session) => session < exDate).length);
    expect(judge(rows, { splits: [] }).unknown).toBe(0);
  });

  test('a newest price that contradicts them shows nothing of those before it', () => {
    const [last = ''] = sessions.slice(-1);
    const rows = answer(() => 0.3);
    expect(judge(rows, { traded: new Map([[dayNumber(last), 100]]) }).bases).toEqual(rows.map(() => null));
  });

  test('what is stored shows it where nothing traded does', () => {
    const rows = answer(() => ratio).filter(({ session }) => session < exDate);
    const stored = new Map(rows.slice(0, 5).map(({ session }) => [dayNumber(session), 100]));
    expect(judge(rows, { stored }).bases).toEqual(rows.map(() => before));
  });
});

test('splits that cancel each other leave no doubt about what lies before them', () => {
  const splits = [
    { exDate: '2020-08-21', ratio: 0.25 },
    { exDate, ratio },
  ];
  const traded = new Map(
    answer((session) => (session >= '2020-08-21' && session < exDate ? 4 : 1)).map(
      ({ session, close }) => [dayNumber(session), close] as const,
    ),
  );
  // One price is a rounding off: it must not matter which of the equal readings is nearer.
  const rows = answer((_, at) => (at === 1 ? 1.0001 : 1));
  expect(new Set(judge(rows, { splits, traded }).bases)).toEqual(new Set([observedOn]));
});
