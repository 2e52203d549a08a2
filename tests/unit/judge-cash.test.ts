import fc from 'fast-check';
import { expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import { addDays, dayNumber } from '../../src/domain/date-range.ts';
import type { KnownAction } from '../../src/domain/judged-action.ts';
import { reconcileActions } from '../../src/domain/reconcile-actions.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { sources, type SourceName } from '../../src/domain/source.ts';
import { plainContext as context } from '../support/plain-context.ts';

/** What is paid on one day: a regular dividend, a special one, or both. */
interface TrueDay {
  readonly exDate: SessionDate;
  readonly regular: number;
  readonly special: number;
  /** Regular ones a year. */
  readonly frequency: number;
}

/** What a source does to one day. */
type Fault =
  | 'missing'
  | 'copy'
  | 'copy_later'
  | 'other_amount'
  | 'other_currency_too'
  | 'other_currency'
  | 'nonsense'
  | 'shifted'
  | 'wrong_amount';

interface ToldWrong {
  readonly fault: Fault | null;
  readonly by: SourceName;
  /** Sessions, for what comes later. */
  readonly later: number;
}

interface ToldDay extends ToldWrong {
  readonly day: TrueDay;
}

const faults: readonly Fault[] = [
  ...(['missing', 'copy', 'copy_later', 'other_amount', 'other_currency_too'] as const),
  ...(['other_currency', 'nonsense', 'shifted', 'wrong_amount'] as const),
];

const toldWrong = fc.record({
  fault: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.constantFrom(...faults) },
  ),
  by: fc.constantFrom<SourceName>('polygon', 'yahoo'),
  later: fc.integer({ min: 1, max: 3 }),
});

/** A few years of a payer, weekly to yearly, with a raise now and then. */
const history = fc
  .record({
    every: fc.constantFrom(7, 28, 91, 364),
    first: fc.integer({ min: 0, max: 6 }),
    amount: fc.integer({ min: 5, max: 200 }),
    days: fc.array(fc.tuple(toldWrong, fc.constantFrom(1, 1, 1, 1.07), fc.constantFrom(0, 0, 0, 0, 1.5)), {
      minLength: 3,
      maxLength: 9,
    }),
  })
  .map(({ every, first, amount, days }) => {
    let regular = amount / 100;
    const frequency = Math.floor(365 / every);
    return days.map(([wrong, raise, special], place): ToldDay => {
      regular = Number((regular * raise).toFixed(4));
      const exDate = weekday(addDays('2016-01-04', first + every * place));
      return { ...wrong, day: { exDate, regular, special: every > 7 ? special : 0, frequency } };
    });
  });

function weekday(date: SessionDate): SessionDate {
  const place = (dayNumber(date) + 3) % 7;
  return place < 5 ? date : addDays(date, 7 - place);
}

function sessionsLater(date: SessionDate, sessions: number): SessionDate {
  return sessions === 0 ? date : sessionsLater(weekday(addDays(date, 1)), sessions - 1);
}

type Record = Omit<KnownAction, 'id'>;

function record(source: SourceName, exDate: SessionDate, amount: number, over: Partial<Record> = {}): Record {
  const told = { ...untold, source, exDate, amount, toldAmount: amount, currency: 'USD', ...over };
  return { ...told, kind: 'cash_dividend', observedAt: '2024-06-20T12:00:00Z' };
}

/** The day as it is: one source tells pay dates and types, the other one sum. */
function right(source: SourceName, { exDate, regular, special, frequency }: TrueDay): readonly Record[] {
  if (!sources[source].marketActions)
    return [record(source, exDate, regular + special, { dividendType: 'regular' })];
  const terms = { payOn: addDays(exDate, 20), frequency };
  const usual = record(source, exDate, regular, { ...terms, dividendType: 'regular' });
  if (special === 0) return [usual];
  return [usual, record(source, exDate, special, { ...terms, frequency: 0, dividendType: 'special' })];
}

function told(source: SourceName, { day, fault, by, later }: ToldDay): readonly Record[] {
  const records = right(source, day);
  const [first] = records;
  if (by !== source || fault === null || first === undefined) return records;
  const amount = first.amount ?? NaN;
  const inOther = records.map((one) => ({ ...one, ...cash((one.amount ?? NaN) * 1.31), currency: 'CAD' }));
  switch (fault) {
    case 'missing':
      return [];
    case 'copy':
      return [...records, first];
    case 'copy_later':
      return [...records, { ...first, exDate: sessionsLater(day.exDate, later), payOn: null }];
    case 'other_amount':
      return [{ ...first, ...cash(amount * 0.93) }, ...records];
    case 'other_currency_too':
      return [...records, ...inOther];
    case 'other_currency':
      return inOther;
    case 'nonsense':
      return records.map((one) => ({ ...one, ...cash(later === 1 ? 0 : 100 * later) }));
    case 'shifted':
      return records.map((one) => ({ ...one, exDate: sessionsLater(one.exDate, later) }));
    case 'wrong_amount':
      return records.map((one) => ({ ...one, ...cash((one.amount ?? NaN) * 1.5) }));
  }
}

const cash = (amount: number) => ({ amount, toldAmount: amount });

/** The believed source's own word against another's: which is right nobody can say, and it is found. */
function isOpen({ fault, by }: ToldDay): boolean {
  return sources[by].rank === 1 && (fault === 'shifted' || fault === 'wrong_amount');
}

/** By day what counts, and where sources disagree. */
function judge(days: readonly ToldDay[]) {
  const records = (['polygon', 'yahoo'] as const).flatMap((source) =>
    days.flatMap((day) => told(source, day)),
  );
  const actions = records.map((one, index): KnownAction => ({ ...one, id: index + 1 }));
  const { verdicts, disagreements } = reconcileActions(actions, context);
  expect(verdicts.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(actions.map(({ id }) => id));
  const counts = new Set(verdicts.flatMap(({ id, status }) => (status === 'effective' ? id : [])));
  const paid = new Map<SessionDate, number>();
  for (const { id, exDate, amount } of actions)
    if (counts.has(id)) paid.set(exDate, (paid.get(exDate) ?? 0) + (amount ?? NaN));
  return { paid, found: disagreements.map(({ exDate }) => exDate) };
}

const isBeside = (date: SessionDate, other: SessionDate) => Math.abs(dayNumber(date) - dayNumber(other)) <= 7;

test('the cash that counts on each day is what was paid, or a finding says that sources disagree', () => {
  let [known, doubted] = [0, 0];
  fc.assert(
    fc.property(history, (days) => {
      const { paid, found } = judge(days);
      const truth = new Map(days.map(({ day }) => [day.exDate, day.regular + day.special]));
      const open = days.filter(isOpen).map(({ day }) => day.exDate);
      for (const date of new Set([...truth.keys(), ...paid.keys()])) {
        const right = Math.abs((paid.get(date) ?? 0) - (truth.get(date) ?? 0)) < 1e-9;
        if (!right) expect([date, found.some((exDate) => isBeside(exDate, date))]).toEqual([date, true]);
        if (open.some((other) => isBeside(date, other))) continue;
        known += 1;
        if (!right) doubted += 1;
      }
      if (days.every(({ fault }) => fault === null)) expect(found).toEqual([]);
    }),
    { seed: 20_170_830, numRuns: 5_000 },
  );
  // Nearly always one source is right, and which one is seen.
  expect(known).toBeGreaterThan(10_000);
  expect(doubted / known).toBeLessThan(0.01);
});

const oneDay: TrueDay = { exDate: '2024-05-10', regular: 0.4, special: 0, frequency: 4 };
const tellings = (polygon: readonly Record[], yahoo: readonly Record[]) => {
  const actions = [...polygon, ...yahoo].map((one, index): KnownAction => ({ ...one, id: index + 1 }));
  const { verdicts, disagreements } = reconcileActions(actions, context);
  const counted = verdicts.filter(({ status }) => status === 'effective').map(({ id }) => actions[id - 1]);
  return {
    counts: counted.map((one) => [one?.source, one?.exDate, one?.amount]),
    rules: disagreements.map(({ rule }) => rule),
  };
};
const changed = (source: SourceName, change: (record: Record) => Partial<Record>) =>
  right(source, oneDay).map((one) => ({ ...one, ...change(one) }));

test.each([0.5, 2, 10, 100, 0.01])(
  'on another day and %d times as much it is one payment, told apart',
  (slip) => {
    const polygon = changed('polygon', () => ({ ...cash(0.4 * slip), payOn: null }));
    const yahoo = changed('yahoo', () => ({ exDate: '2024-05-14' }));
    expect(tellings(polygon, yahoo)).toEqual({
      counts: [['polygon', '2024-05-10', 0.4 * slip]],
      rules: ['dividends_differ'],
    });
  },
);

test('two amounts that no slip makes of each other, days apart, are two payments', () => {
  const yahoo = changed('yahoo', () => ({ exDate: '2024-05-14', ...cash(0.93) }));
  expect(
    tellings(
      changed('polygon', () => ({ payOn: null })),
      yahoo,
    ).counts,
  ).toHaveLength(2);
});

test('a currency that the believed source tells is that of the same cash elsewhere', () => {
  const polygon = changed('polygon', () => ({ currency: 'CAD' }));
  expect(tellings(polygon, right('yahoo', oneDay))).toEqual({
    counts: [],
    rules: ['dividend_in_other_currency'],
  });
  const yahoo = changed('yahoo', () => ({ currency: 'CAD' }));
  expect(tellings(right('polygon', oneDay), yahoo).counts).toEqual([['polygon', '2024-05-10', 0.4]]);
});

test.each([
  ['a tenth of it', { ...cash(0.04) }],
  ['it in another currency', { currency: 'EUR' }],
])('of two days the one counts on which another source tells of %s', (_, change) => {
  const polygon = [
    ...changed('polygon', () => ({ exDate: '2024-05-09', payOn: null })),
    ...changed('polygon', () => ({ payOn: null })),
  ];
  for (const records of [polygon, polygon.toReversed()]) {
    const { counts } = tellings(
      records,
      changed('yahoo', () => change),
    );
    expect(counts).toEqual([['polygon', '2024-05-10', 0.4]]);
  }
});

test('amounts of less than a cent are compared as well', () => {
  const yahoo = changed('yahoo', () => cash(0.0019));
  expect(
    tellings(
      changed('polygon', () => cash(0.0038)),
      yahoo,
    ).rules,
  ).toEqual(['dividends_differ']);
});
