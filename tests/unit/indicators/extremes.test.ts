import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { barRow, hole, seriesOf, walk, type BarRow } from './series.ts';

const scaled = (rows: readonly BarRow[], factor: number) =>
  rows.map(([o, h, l, c, v]): BarRow => [o * factor, h * factor, l * factor, c * factor, v]);

/** Columns in units of the price; the others are ratios, or count shares. */
const inPrices = /^(sma|ema|macd|bb|atr|true_range)/;

describe('prices', () => {
  test.each([
    ['a millionth', 2 ** -20],
    ['a billion', 2 ** 30],
  ])('of %s give what prices of one give, to the last digit', (_, factor) => {
    const rows = walk(300, 1);
    const [one, other] = [rows, scaled(rows, factor)].map((all) => computeIndicators(seriesOf(all)));
    expect(other?.names).toEqual(one?.names);
    for (const [column, values] of one?.numbers ?? [])
      expect(other?.numbers.get(column)).toEqual(values.map((x) => (inPrices.test(column) ? x * factor : x)));
  });

  test('that fall by fifteen digits leave nothing in the windows they have left', () => {
    const cheap = walk(400, 1e-6);
    const { numbers } = computeIndicators(seriesOf([...walk(3000, 1e9), ...cheap]));
    const alone = computeIndicators(seriesOf(cheap)).numbers;
    for (const column of ['sma_20', 'sma_50', 'sma_200', 'bb_upper_20_2', 'cci_20', 'mfi_14', 'stoch_d_3'])
      for (const row of [250, 399])
        expect((numbers.get(column)?.[3000 + row] ?? NaN) / (alone.get(column)?.[row] ?? NaN)).toBeCloseTo(
          1,
          9,
        );
  });
});

describe('a series', () => {
  test('without bars has no rows', () => {
    const { sessions, reasons, numbers } = computeIndicators(seriesOf([]));
    expect([sessions, reasons, numbers.get('sma_20')]).toEqual([[], [], new Float64Array()]);
  });

  test('of one bar has its volume as balance, and nothing else yet', () => {
    const { reasons, numbers, names } = computeIndicators(seriesOf([[1, 2, 0.5, 1.5, 10]]));
    const known = [...numbers].filter(([, values]) => !Number.isNaN(values[0]));
    expect(known).toEqual([['obv', Float64Array.of(10)]]);
    expect(names.get('patterns')).toEqual([null]);
    expect(reasons).toEqual(['warming_up']);
  });

  test('of one hole is partial', () => {
    expect(computeIndicators(seriesOf([hole])).reasons).toEqual(['partial']);
  });

  test('whose columns differ in length, or whose sessions are out of order, is refused', () => {
    const series = seriesOf(walk(3, 1));
    expect(() => computeIndicators({ ...series, low: new Float64Array(2) })).toThrow(
      'low has 2 values for 3 sessions',
    );
    expect(() => computeIndicators({ ...series, sessions: series.sessions.toReversed() })).toThrow(
      'out of order',
    );
  });
});

describe('where nothing moves', () => {
  const last = (rows: readonly BarRow[]) => {
    const { numbers } = computeIndicators(seriesOf(rows));
    return (column: string) => numbers.get(column)?.at(-1);
  };

  test.each([0.1, 123.45, 1e-6, 1e9])('at %d, ratios are 0 and averages the price, as in TA-Lib', (price) => {
    const value = last(Array.from({ length: 250 }, (): BarRow => [price, price, price, price, 7]));
    for (const column of ['rsi_14', 'adx_14', 'plus_di_14', 'stoch_d_3', 'stochf_k_14', 'cci_20', 'mfi_14'])
      expect(value(column)).toBe(0);
    for (const column of ['willr_14', 'roc_10', 'atr_14', 'true_range'])
      expect(Math.abs(value(column) ?? NaN)).toBe(0);
    for (const column of ['sma_20', 'bb_upper_20_2', 'bb_lower_20_2']) expect(value(column)).toBe(price);
    for (const column of ['sma_200', 'ema_50']) expect((value(column) ?? NaN) / price).toBeCloseTo(1, 12);
    expect(value('obv')).toBe(7);
  });

  test('without volume the flow is 0 and the balance stays', () => {
    const value = last(walk(250, 20).map(([o, h, l, c]): BarRow => [o, h, l, c, 0]));
    expect([value('mfi_14'), value('obv')]).toEqual([0, 0]);
  });

  test('a typical price that moves by rounding only is in neither flow', () => {
    const still: BarRow = [0.44, 0.44, 0.44, 0.44, 1e6];
    const nudged: BarRow = [0.44, 0.47, 0.41, 0.44, 1e6];
    expect((0.47 + 0.41 + 0.44) / 3).toBeLessThan((0.44 + 0.44 + 0.44) / 3);
    const before = [...walk(13, 20), still];
    expect(last([...before, nudged])('mfi_14')).toBe(last([...before, still])('mfi_14'));
  });
});

test('no input makes a number that is not finite, or a crash', () => {
  const anything = fc.oneof(
    { weight: 6, arbitrary: barRow },
    {
      weight: 1,
      arbitrary: fc.constantFrom(hole, [NaN, 1, 1, 1, 1] as const, [1, 1, 1, Infinity, 1] as const),
    },
  );
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 260, size: 'max' }), (rows) => {
      const { numbers, reasons } = computeIndicators(seriesOf(rows));
      for (const values of numbers.values())
        for (const [row, value] of values.entries())
          if (!Number.isFinite(value) && (!Number.isNaN(value) || reasons[row] === null))
            expect.fail(`row ${row}`);
    }),
    { numRuns: 60 },
  );
});
