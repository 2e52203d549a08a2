import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barsOf } from '../../../src/domain/bar-columns.ts';
import { addDays, dateOfDayNumber, dayNumber } from '../../../src/domain/date-range.ts';
import { exchangeInstant } from '../../../src/domain/exchange-time.ts';
import { parseMarketDay, parseTicker, SeriesPages } from '../../../src/providers/polygon/parse.ts';
import type { WireRow } from '../../../src/providers/polygon/wire.ts';

const range = { from: '2023-01-01', to: '2025-12-31' };
const days = dayNumber(range.to) - dayNumber(range.from);

const price = fc.double({ min: 0, minExcluded: true, max: 1e6, noNaN: true });
const values = fc
  .record({
    o: price,
    h: price,
    l: price,
    c: price,
    v: fc.double({ min: 0, max: 1e6, noNaN: true }),
    vw: fc.option(price, { nil: undefined }),
    n: fc.option(fc.nat(), { nil: null }),
  })
  .map(({ h, l, ...rest }) => ({ ...rest, h: Math.max(h, l), l: Math.min(h, l) }));
const session = fc.integer({ min: 0, max: days }).map((day) => addDays(range.from, day));
const unit = fc.constantFrom(1, 1e3, 1e6);

/** Rows, and the same rows shuffled, some of them twice, cut into pages. */
function disturbed<T>(rows: fc.Arbitrary<T[]>): fc.Arbitrary<{ rows: T[]; pages: T[][] }> {
  return rows.chain((whole) =>
    fc
      .tuple(fc.subarray(whole), fc.integer({ min: 1, max: 5 }))
      .chain(([again, size]) =>
        fc
          .shuffledSubarray([...whole, ...again], { minLength: whole.length + again.length })
          .map((shuffled) => ({ rows: whole, pages: chunks(shuffled, size) })),
      ),
  );
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

const seriesRows = fc
  .uniqueArray(fc.tuple(session, values, unit), { selector: ([date]) => date, maxLength: 40 })
  .map((entries) =>
    entries.map(([date, rest, factor]): WireRow => ({ ...rest, t: exchangeInstant(date, 0) * factor })),
  );

/** The result with its bars as objects. */
function resultOf(pages: SeriesPages) {
  const { bars, ...rest } = pages.result();
  return { ...rest, bars: barsOf(bars) };
}

describe('shuffled rows, some of them twice, are the same bars', () => {
  test('in a series, however it is paged', () => {
    fc.assert(
      fc.property(disturbed(seriesRows), ({ rows, pages }) => {
        const plain = new SeriesPages('A', range);
        plain.add({ results: rows });
        const paged = new SeriesPages('A', range);
        for (const results of pages) paged.add({ results, resultsCount: results.length });
        expect(resultOf(paged)).toEqual(resultOf(plain));
        expect(resultOf(paged).bars).toHaveLength(rows.length);
        expect(resultOf(paged)).toMatchObject({ conflicts: [], outside: 0 });
      }),
    );
  });

  test('in a market day, but for their order', () => {
    const dayRows = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), values), { selector: ([T]) => T });
    const asked = '2024-03-11';
    const t = exchangeInstant(asked, 16 * 60);
    const wire = dayRows.map((entries) => entries.map(([T, rest]) => ({ ...rest, T, t })));
    const bySymbol = (rows: readonly unknown[]) => {
      const { symbols, bars } = parseMarketDay(asked, { results: rows });
      const named = barsOf(bars).map((bar, row) => ({ symbol: symbols[row] ?? '', bar }));
      return named.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
    };
    fc.assert(
      fc.property(disturbed(wire), ({ rows, pages }) => {
        expect(bySymbol(pages.flat())).toEqual(bySymbol(rows));
        expect(bySymbol(rows)).toHaveLength(rows.length);
      }),
    );
  });
});

test('a session that any two rows disagree on is a conflict, in whatever order they come', () => {
  const disputed = fc.uniqueArray(values, {
    minLength: 2,
    maxLength: 6,
    selector: ({ o, h, l, c, v, vw, n }) => [o, h, l, c, v, vw ?? null, n ?? null].map(String).join(),
  });
  fc.assert(
    fc.property(
      disturbed(disputed.map((all) => all.map((v) => ({ ...v, t: exchangeInstant('2024-01-02', 0) })))),
      ({ rows, pages }) => {
        const series = new SeriesPages('A', range);
        for (const results of pages) series.add({ results });
        const { bars, conflicts } = resultOf(series);
        expect(bars).toEqual([]);
        expect(conflicts.map(({ rows: values }) => values.length)).toEqual([rows.length]);
      },
    ),
  );
});

test('every row is a bar, outside, or part of a conflict', () => {
  const wide = fc.array(
    fc.tuple(fc.integer({ min: -400, max: days + 400 }), fc.nat({ max: 3 })).map(([day, c]): WireRow => {
      const date = addDays(range.from, day);
      return { o: 1, h: 1, l: 1, c: c + 1, v: 1, t: exchangeInstant(date, 0) };
    }),
  );
  fc.assert(
    fc.property(wide, (results) => {
      const series = new SeriesPages('A', range);
      series.add({ results });
      const { bars, conflicts, outside } = resultOf(series);
      const distinct = new Set(results.map(({ t, c }) => `${t} ${c}`)).size;
      const away = results.filter(
        ({ t }) => t < exchangeInstant(range.from, 0) || t >= exchangeInstant('2026-01-01', 0),
      );
      const awayDistinct = new Set(away.map(({ t, c }) => `${t} ${c}`)).size;
      expect(outside).toBe(away.length);
      const disputed = conflicts.reduce((sum, { rows }) => sum + rows.length, 0);
      expect(bars.length + disputed).toBe(distinct - awayDistinct);
      expect(bars.map((bar) => bar.session)).toEqual(bars.map((bar) => bar.session).toSorted());
    }),
  );
});

test.each([
  ['milliseconds', 1],
  ['microseconds', 1e3],
  ['nanoseconds', 1e6],
])('every midnight from 1998 to 2035 in %s is the start of its session', (_, factor) => {
  const first = dayNumber('1998-01-01');
  const dates = Array.from({ length: dayNumber('2035-12-31') - first + 1 }, (_, i) =>
    dateOfDayNumber(first + i),
  );
  const series = new SeriesPages('A', { from: '1998-01-01', to: '2035-12-31' });
  series.add({
    results: dates.map((date) => ({ o: 1, h: 1, l: 1, c: 1, v: 1, t: exchangeInstant(date, 0) * factor })),
  });
  expect(resultOf(series).bars.map((bar) => bar.session)).toEqual(dates);
});

describe('a page says something new', () => {
  const row = { o: 1, h: 1, l: 1, c: 1, v: 1, t: exchangeInstant('2024-01-02', 0) };

  test('by a new session and by a value that disagrees, each once', () => {
    const series = new SeriesPages('A', range);
    expect(series.add({ results: [row] })).toBe(true);
    expect(series.add({ results: [row] })).toBe(false);
    expect(series.add({ results: [{ ...row, c: 2 }] })).toBe(true);
    expect(series.add({ results: [{ ...row, c: 2 }, row] })).toBe(false);
    expect(series.add({ results: [{ ...row, c: 3 }] })).toBe(true);
  });

  test('not by rows outside of the range, and not by none', () => {
    const series = new SeriesPages('A', range);
    expect(series.add({ results: [{ ...row, t: exchangeInstant('2020-01-02', 0) }] })).toBe(false);
    expect(series.add({ resultsCount: 0 })).toBe(false);
  });
});

describe('a reference record', () => {
  test.each([
    ['active, with a date of delisting', { active: true, delisted_utc: '2019-01-04' }, true, null],
    ['not active, with one', { active: false, delisted_utc: '2019-01-04T05:00:00Z' }, false, '2019-01-04'],
    ['not active, without one', { active: false }, false, null],
    ['silent about it, with one', { delisted_utc: '2019-01-04' }, false, '2019-01-04'],
    ['silent about it, without one', {}, true, null],
    ['with a date that does not exist', { active: false, delisted_utc: '2019-02-30' }, false, null],
  ])('that is %s', (_, fields, active, delistedOn) => {
    expect(parseTicker({ ticker: 'A', ...fields })).toMatchObject({ active, delistedOn });
  });

  test('is trimmed, but for its ticker', () => {
    expect(parseTicker({ ticker: 'CpK', name: ' Citigroup ', currency_name: 'usd' })).toMatchObject({
      symbol: 'CpK',
      name: 'Citigroup',
      currency: 'USD',
    });
  });
});
