import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { alignSeries } from '../../../src/quality/align-series.ts';
import type { JudgedSeries } from '../../../src/quality/judged-series.ts';
import { reconcileSeries } from '../../../src/quality/reconcile-series.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { generatedSeries, liquid } from '../../support/generated-series.ts';
import { inShares, leanSeries, yahooSeries } from '../../support/recorded-series.ts';

const fields = ['open', 'high', 'low', 'close'] as const;
const clean = generatedSeries(7, { ...liquid, bars: 200 });
const changed = (change: (copy: JudgedSeries) => void): JudgedSeries => {
  const copy = { ...clean };
  for (const field of [...fields, 'volume'] as const)
    Object.assign(copy, { [field]: Float64Array.from(clean[field]) });
  change(copy);
  return copy;
};
const found = (own: JudgedSeries, other: JudgedSeries) =>
  reconcileSeries(alignSeries(own, other)).differences.map(({ what, rows, cells, ratio }) => ({
    ...{ what, rows, ratio, fields: cells.map(({ field }) => field) },
  }));

describe('two series of the same bars', () => {
  test('a cell beyond the tolerance is counted, one beyond four times it is found', () => {
    const copy = changed(({ close, high }) => {
      close[100] = (close[100] ?? NaN) * 1.003;
      high[101] = (high[101] ?? NaN) * 1.1;
    });
    const { cells, differences } = reconcileSeries(alignSeries(copy, clean));
    expect(cells.filter(({ isWithin }) => !isWithin).map(({ field }) => field)).toEqual(['close', 'high']);
    expect(differences).toMatchObject([{ what: 'cells', rows: [101, 101], cells: [{ field: 'high' }] }]);
    expect(cells).toHaveLength(5 * 200);
  });

  test('a run in another basis is one difference, with its ratio', () => {
    const copy = changed((series) => {
      for (const field of fields)
        for (let row = 50; row < 90; row += 1) series[field][row] = (series[field][row] ?? NaN) * 4;
    });
    expect(found(copy, clean)).toEqual([{ what: 'basis', rows: [50, 89], ratio: 4, fields: [] }]);
  });

  test('a run that is a session off is one difference', () => {
    const copy = changed((series) => {
      for (const field of [...fields, 'volume'] as const)
        for (let row = 120; row < 160; row += 1) series[field][row] = clean[field][row - 1] ?? NaN;
    });
    expect(found(copy, clean)).toEqual([{ what: 'shifted', rows: [120, 159], ratio: null, fields: [] }]);
  });

  test("another company's bars are one difference, whatever each of them is of the other's", () => {
    fc.assert(
      fc.property(
        fc.nat(190),
        fc.integer({ min: 3, max: 60 }),
        fc.integer({ min: 1000, max: 2000 }),
        (first, rows, seed) => {
          const last = Math.min(first + rows, 200) - 1;
          const strange = generatedSeries(seed, { ...liquid, bars: 200 });
          const copy = changed((series) => {
            for (const field of fields)
              for (let row = first; row <= last; row += 1)
                series[field][row] = 9 * (strange[field][row] ?? NaN);
          });
          expect(found(copy, clean)).toEqual([
            { what: 'apart', rows: [first, last], ratio: null, fields: [] },
          ]);
        },
      ),
    );
  });

  test('a volume is held against what it usually is of the other, whatever that is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), fc.nat(199), (ratio, row) => {
        const copy = changed(({ volume }) => {
          volume.forEach((shares, at) => (volume[at] = shares * ratio));
          volume[row] = (volume[row] ?? NaN) * 5;
        });
        expect(found(copy, clean)).toMatchObject([{ rows: [row, row], fields: ['volume'] }]);
      }),
    );
  });

  test('what may still move is not compared', () => {
    const pair = alignSeries(clean, clean, { isSettled: (day) => day < (clean.day[150] ?? NaN) });
    expect(pair.rows).toHaveLength(150);
  });
});

describe.skipIf(!hasFixtures)("Yahoo's bars beside Lean's (../shared)", () => {
  const aapl = (session: string) => (session < '2005-02-28' ? 14 : session < '2014-06-09' ? 7 : 1);
  const recorded = {
    AAPL: { yahoo: 'yahoo_AAPL_daily_20040819_20180120.csv', shares: 4, apart: 56, ownShares: aapl },
    SPY: { yahoo: 'yahoo_SPY_daily_20080101_20180101.csv', shares: 1, apart: 11, ownShares: () => 1 },
  };
  test.each(Object.entries(recorded))(
    '%s: every session with a price more than two hundredths apart is found',
    (symbol, told) => {
      const days = yahooSeries(told.yahoo).day;
      const pair = alignSeries(yahooSeries(told.yahoo), inShares(leanSeries(symbol), told.shares), {
        ownShares: (row) => told.ownShares(dateOfDayNumber(days[row] ?? NaN)),
      });
      const { cells, differences } = reconcileSeries(pair);
      const apart = pair.rows.flatMap(([row, other]) => {
        const far = (field: (typeof fields)[number]) =>
          Math.abs((pair.own[field][row] ?? NaN) / (pair.other[field][other] ?? NaN) - 1) > 0.02;
        return fields.some(far) ? [row] : [];
      });
      expect(apart).toHaveLength(told.apart);
      const isFound = (row: number) =>
        differences.some(({ rows: [first, last] }) => row >= first && row <= last);
      expect(apart.filter((row) => !isFound(row))).toEqual([]);
      const shareOf = (field: string) => {
        const own = cells.filter((cell) => cell.field === field);
        return own.filter(({ isWithin }) => isWithin).length / own.length;
      };
      expect(shareOf('close')).toBeGreaterThan(0.9);
    },
  );
});
