import { expect, test } from 'vitest';
import { appliedSplits } from '../../src/domain/applied-splits.ts';
import { dateOfDayNumber } from '../../src/domain/date-range.ts';
import type { ActionContext } from '../../src/domain/judged-action.ts';
import { reconcileActions } from '../../src/domain/reconcile-actions.ts';
import { sources, type SourceName } from '../../src/domain/source.ts';
import { judgeBasis } from '../../src/domain/split-basis.ts';
import { isSameRatio } from '../../src/domain/split-events.ts';
import {
  dayOfSession,
  faultySplit,
  seededRandom,
  type FaultySplit,
  type PriceRow,
} from '../support/faulty-splits.ts';

const events = 10_000;
const isAdjusting = (source: SourceName) => sources[source].prices === 'split_adjusted';
const today = '2023-09-29';

interface Counts {
  readonly from: string;
  readonly ratio: number;
  readonly spinOff: boolean;
}

/** What came of one event: the splits that count, and the day before which nothing adjusted is served. */
function settled({ records, traded, adjusted }: FaultySplit, hasTraded: boolean) {
  const context: ActionContext = {
    today,
    traded: hasTraded ? traded : [],
    adjusted: (source) => (isAdjusting(source) ? adjusted : []),
    currency: null,
    applied: hasTraded ? appliedSplits(traded, adjusted) : null,
    closeBefore: () => null,
    covers: () => true,
  };
  const { verdicts } = reconcileActions(records, context);
  const of = (wanted: string) =>
    verdicts.flatMap(({ id, status, exDate }) => {
      const record = records.find((one) => one.id === id);
      if (status !== wanted || record === undefined) return [];
      return [
        { from: exDate ?? record.exDate, ratio: record.ratio ?? 1, spinOff: record.kind === 'spin_off' },
      ];
    });
  const effective: readonly Counts[] = of('effective');
  const waiting: readonly Counts[] = of('pending');
  const disputed = of('disputed').map(({ from }) => from);
  return { effective, waiting, servedFrom: disputed.sort().at(-1) ?? '' };
}

function basisOf(event: FaultySplit, { effective, waiting }: ReturnType<typeof settled>, hasTraded: boolean) {
  const splits = [...effective, ...waiting].map(({ from, ratio }) => ({ exDate: from, ratio }));
  const { adjusted, traded, records } = event;
  const told = records.flatMap(({ ratio }) => ratio ?? []);
  const { basisOf: dayOf, toTraded } = judgeBasis(
    {
      length: adjusted.length,
      day: Int32Array.from(adjusted, ({ session }) => dayOfSession(session)),
      open: Float64Array.from(adjusted, ({ open }) => open),
      close: Float64Array.from(adjusted, ({ close }) => close),
    },
    {
      splits,
      doubtful: told.filter((ratio) => !splits.some((split) => isSameRatio(split.ratio, ratio))),
      observedOn: today,
      traded: new Map(hasTraded ? traded.map(({ session, close }) => [dayOfSession(session), close]) : []),
      stored: new Map(),
    },
  );
  return (session: string) => {
    const own = dayOfSession(session);
    const day = dayOf(own);
    const factor = toTraded(own);
    if (factor !== null) return { through: session, factor };
    return { through: day === null ? null : dateOf(day), factor: 1 };
  };
}

const dates = new Map<number, string>();

/** The same few days come ten thousand times. */
function dateOf(day: number): string {
  const known = dates.get(day) ?? dateOfDayNumber(day);
  dates.set(day, known);
  return known;
}

const product = (splits: readonly Counts[], counts: (split: Counts) => boolean) =>
  splits.filter(counts).reduce((ratio, split) => ratio * split.ratio, 1);

/** The reads of one event against the truth: how many are wrong, and how many are withheld. */
function judge(event: FaultySplit, hasTraded = true) {
  const result = settled(event, hasTraded);
  const { effective, servedFrom } = result;
  const basis = basisOf(event, result, hasTraded);
  let [wrong, withheld, reads] = [0, 0, 0];
  const check = (close: number | null, right: number) => {
    reads += 1;
    if (close === null) withheld += 1;
    else if (Math.abs(close / right - 1) > 1e-6) wrong += 1;
  };
  event.traded.forEach((row, at) => {
    const right =
      event.kind !== 'spin_off' && row.session < event.exDate ? row.close / event.ratio : row.close;
    const later = product(effective, ({ from, spinOff }) => !spinOff && from > row.session);
    if (hasTraded) check(row.session < servedFrom ? null : row.close / later, right);
    const given: PriceRow | undefined = event.adjusted[at];
    const { through, factor } = basis(row.session);
    const included = product(effective, ({ from }) => from > row.session && from <= (through ?? ''));
    const raw =
      through === null || (row.session < servedFrom && servedFrom <= through) || given === undefined;
    check(raw ? null : given.close * factor * included, row.close);
    check(raw || row.session < servedFrom ? null : (given.close * factor * included) / later, right);
  });
  return { wrong, withheld, reads };
}

test('of ten thousand splits that sources tell and adjust wrongly no price is wrong, and few are withheld', () => {
  const random = seededRandom(12);
  const bad: string[] = [];
  let [withheld, reads] = [0, 0];
  for (let event = 0; event < events; event += 1) {
    const split = faultySplit(random);
    const judged = judge(split);
    withheld += judged.withheld;
    reads += judged.reads;
    if (judged.wrong > 0) bad.push(`${split.faults}: ${judged.wrong} wrong`);
  }
  expect(bad).toEqual([]);
  expect(withheld / reads).toBeLessThan(0.01);
});

test('a source alone that tells right is never read wrongly, however it adjusts', () => {
  const random = seededRandom(30);
  const bad: string[] = [];
  for (let event = 0; event < 2000; event += 1) {
    const split = faultySplit(random);
    const own = split.records.filter(({ source }) => isAdjusting(source));
    const isRight = own.every(({ exDate, ratio }) => exDate === split.exDate && ratio === split.ratio);
    if (own.length === 0 || !isRight || Math.abs(Math.log(split.ratio)) < 0.2) continue;
    const judged = judge({ ...split, records: own }, false);
    if (judged.wrong > 0) bad.push(`${split.faults}: ${judged.wrong} wrong`);
  }
  expect(bad).toEqual([]);
});
