import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marketDayAnswer } from '../../../src/providers/polygon/wire.ts';
import { chartAnswer, conform } from '../../../src/providers/yahoo/wire.ts';

const wrong: readonly unknown[] = ['1', -1, NaN, Infinity, true, {}, [1]];
const wrongAndNeeded = [...wrong, null, undefined];
/** By field of Polygon's rows, what it must not be. */
const wrongFields: Readonly<Record<string, readonly unknown[]>> = {
  ...{ o: wrongAndNeeded, h: wrongAndNeeded, l: wrongAndNeeded, c: wrongAndNeeded, v: wrongAndNeeded },
  vw: wrong,
  n: [...wrong, 1.5, 2 ** 53],
  t: [...wrongAndNeeded, 0, 1e20],
  otc: ['true', 1, {}],
  T: ['', 7, null, undefined, {}],
};

const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
const row = fc.record(
  {
    ...{ o: amount, h: amount, l: amount, c: amount, v: amount, vw: fc.option(amount) },
    n: fc.option(fc.maxSafeNat()),
    t: fc.integer({ min: 1, max: 2 ** 31 }),
    otc: fc.option(fc.boolean()),
    T: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['o', 'h', 'l', 'c', 'v', 't', 'T'] },
);
const rowsAndOne = fc
  .array(row, { minLength: 1, maxLength: 20 })
  .chain((rows) => fc.tuple(fc.constant(rows), fc.nat({ max: rows.length - 1 })));

test('rows of Polygon are taken as they are', () => {
  fc.assert(
    fc.property(rowsAndOne, ([results]) => {
      expect(marketDayAnswer.parse({ results }).results).toBe(results);
    }),
  );
});

test.each(Object.keys(wrongFields))('a row of Polygon whose %s is wrong is refused by its place', (field) => {
  fc.assert(
    fc.property(rowsAndOne, fc.constantFrom(...(wrongFields[field] ?? [])), ([rows, at], value) => {
      const results = rows.map((one, index) => (index === at ? { ...one, [field]: value } : one));
      const { error } = marketDayAnswer.safeParse({ results });
      expect(error?.issues.map(({ path }) => path)).toEqual([['results', at, field]]);
    }),
  );
});

const columns = ['open', 'high', 'low', 'close', 'volume'] as const;
const meta = { symbol: 'AAPL', exchangeTimezoneName: 'America/New_York', dataGranularity: '1d' };
const series = fc
  .array(fc.option(amount), { minLength: 1, maxLength: 20 })
  .chain((values) => fc.tuple(fc.constant(values), fc.nat({ max: values.length - 1 })));
const chart = (timestamp: unknown, quote: unknown) => ({
  chart: { result: [{ meta, timestamp, indicators: { quote: [quote] } }] },
});

test.each(columns)('a chart of Yahoo whose %s has a wrong value is refused by its place', (name) => {
  const place = (at: number) =>
    `not what Yahoo is known to send at chart.result.0.indicators.quote.0.${name}.${at}`;
  fc.assert(
    fc.property(series, fc.constantFrom('1', NaN, Infinity, true, {}, undefined), ([values, at], value) => {
      const quote = Object.fromEntries(columns.map((column) => [column, values]));
      const times = values.map((_, index) => index);
      expect(() => conform(chartAnswer, chart(times, quote))).not.toThrow();
      const broken = chart(times, { ...quote, [name]: values.with(at, value as never) });
      expect(() => conform(chartAnswer, broken)).toThrow(place(at));
    }),
  );
});

test('a chart of Yahoo with a moment that cannot be is refused by its place', () => {
  fc.assert(
    fc.property(series, fc.constantFrom('1', NaN, 1e10, -1e10, null, undefined), ([values, at], value) => {
      const times = values.map((_, index) => index);
      const broken = chart(times.with(at, value as never), {});
      expect(() => conform(chartAnswer, broken)).toThrow(`at chart.result.0.timestamp.${at}`);
    }),
  );
});
