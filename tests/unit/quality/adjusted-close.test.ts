import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustedClose, type KnownPayment } from '../../../src/quality/rules/adjusted-close.ts';
import { paidSeries, type ToldSeries } from '../../support/paid-series.ts';

const firstDay = 18_000;
const sessions = 300;

/** One that is paid at a session by its place: what of the close before it takes. */
const dividend = fc.record({
  gap: fc.integer({ min: 12, max: 70 }),
  share: fc.double({ min: 0.0015, max: 0.08, noNaN: true }),
});
const moves = fc.array(fc.double({ min: -0.04, max: 0.04, noNaN: true }), {
  minLength: sessions,
  maxLength: sessions,
});
const lives = fc
  .record({ moves, dividends: fc.array(dividend, { minLength: 1, maxLength: 10 }), first: fc.constant(100) })
  .map(({ moves, dividends, first }) => clean(moves, dividends, first));

interface Paid {
  readonly row: number;
  readonly amount: number;
}

/** Closes five days a week, with dividends that are taken out as Yahoo does, in 32 bits. */
function clean(
  ways: readonly number[],
  dividends: readonly { readonly gap: number; readonly share: number }[],
  first: number,
): { readonly close: Float64Array; readonly day: Int32Array; readonly paid: readonly Paid[] } {
  let price = first;
  const close = Float64Array.from(ways, (way) => Math.fround((price *= Math.exp(way))));
  const day = Int32Array.from(ways, (_, row) => firstDay + row + 2 * Math.floor(row / 5));
  let row = 0;
  const paid = dividends.flatMap(({ gap, share }): readonly Paid[] => {
    row += gap;
    const before = close[row - 1];
    return before === undefined || row >= sessions - 8 ? [] : [{ row, amount: before * share }];
  });
  return { close, day, paid };
}

type Life = ReturnType<typeof clean>;

/** What a source tells that has taken out `applied`, and knows of `known`. */
function told({ close, day }: Life, applied: readonly Paid[], known: readonly Paid[]): ToldSeries {
  const adjusted = close.map((price, at) =>
    Math.fround(
      applied
        .filter(({ row }) => row > at)
        .reduce((left, { row, amount }) => left * (1 - amount / (close[row - 1] ?? NaN)), price),
    ),
  );
  const payments = known.map(({ row, amount }): KnownPayment => {
    return { day: day[row] ?? NaN, amount, isGain: false };
  });
  return { day, close, adjusted, payments };
}

const found = (life: Life, applied: readonly Paid[], known: readonly Paid[]) =>
  adjustedClose
    .judge(paidSeries(told(life, applied, known)))
    .map(({ day, severity, evidence }) => `${day} ${severity} ${evidence.what}`);

/** A life with dividends, and one of them. */
const picked = fc
  .tuple(lives, fc.nat())
  .filter(([{ paid }]) => paid.length > 0)
  .map(([life, at]) => {
    const one = life.paid[at % life.paid.length] ?? { row: NaN, amount: NaN };
    return { life, one, others: life.paid.filter((other) => other !== one) };
  });
const dayOf = ({ day }: Life, { row }: Paid) => day[row] ?? NaN;

test('dividends that are taken out as they were paid are no faults', () => {
  fc.assert(
    fc.property(lives, (life) => {
      expect(found(life, life.paid, life.paid)).toEqual([]);
    }),
  );
});

describe('found on its day', () => {
  test('one that is not applied', () => {
    fc.assert(
      fc.property(picked, ({ life, one, others }) => {
        expect(found(life, others, life.paid)).toEqual([
          `${dayOf(life, one)} warn a payment that is not applied`,
        ]);
      }),
    );
  });

  test('one that is applied twice', () => {
    fc.assert(
      fc.property(picked, ({ life, one }) => {
        expect(found(life, [...life.paid, one], life.paid)).toEqual([
          `${dayOf(life, one)} error a payment applied twice`,
        ]);
      }),
    );
  });

  test('one that nobody has told of', () => {
    fc.assert(
      fc.property(picked, ({ life, one, others }) => {
        expect(found(life, life.paid, others)).toEqual([`${dayOf(life, one)} warn a step without a payment`]);
      }),
    );
  });

  test('one that is applied some sessions from its day', () => {
    fc.assert(
      fc.property(picked, fc.integer({ min: 1, max: 5 }), ({ life, one, others }, by) => {
        const moved = { ...one, row: one.row + by };
        expect(found(life, [...others, moved], life.paid)).toEqual([
          `${dayOf(life, one)} warn a payment that is not applied`,
          `${dayOf(life, moved)} warn a step without a payment`,
        ]);
      }),
    );
  });

  test('one that is applied by a hundredth, or a hundred times', () => {
    fc.assert(
      fc.property(picked, ({ life, one, others }) => {
        const pence = { ...one, amount: one.amount / 100 };
        const [first] = found(life, [...others, pence], life.paid);
        expect(first).toMatch(new RegExp(`^${dayOf(life, one)} warn `));
      }),
    );
  });

  test('one that is told and applied again within five sessions, at nearly its amount', () => {
    fc.assert(
      fc.property(
        picked,
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.92, max: 1.08, noNaN: true }),
        ({ life, one }, by, times) => {
          const again = { row: one.row + by, amount: one.amount * times };
          const paid = [...life.paid, again];
          const next = life.paid.find(({ row }) => row > one.row)?.row ?? Infinity;
          fc.pre(next - again.row > 10);
          expect(found(life, paid, paid)).toEqual([
            `${dayOf(life, again)} error like amounts within a few sessions`,
          ]);
        },
      ),
    );
  });
});

describe('no fault', () => {
  const [one, other] = [0.02, 0.021];
  const life = clean(Array<number>(sessions).fill(0), [], 100);

  test('is what is paid every week', () => {
    const paid = Array.from({ length: 40 }, (_, week) => ({ row: 5 + 5 * week, amount: one }));
    expect(found(life, paid, paid)).toEqual([]);
  });

  test('is a special dividend beside a regular one of another amount', () => {
    const paid = [
      { row: 50, amount: one },
      { row: 52, amount: 40 * other },
    ];
    expect(found(life, paid, paid)).toEqual([]);
  });

  test('is what was paid outside of what is known of steps', () => {
    const series = paidSeries(told(life, [], [{ row: 50, amount: one }]));
    expect(adjustedClose.judge({ ...series, isCovered: () => false })).toEqual([]);
  });

  test('is a day of which it is open what was paid', () => {
    const series = paidSeries(told(life, [{ row: 50, amount: 2 }], []));
    expect(adjustedClose.judge({ ...series, unclear: new Set([life.day[50] ?? NaN]) })).toEqual([]);
  });

  test('is a payment of less than three basis points either way', () => {
    expect(found(life, [], [{ row: 50, amount: 0.029 }])).toEqual([]);
    expect(found(life, [{ row: 50, amount: 0.029 }], [])).toEqual([]);
  });
});
