import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corruptions, excerptOf, randomOf } from '../../../bench/corrupted-series.ts';
import { qualityRules } from '../../../src/domain/quality-rule.ts';
import { comparingRuleTexts } from '../../../src/quality/comparing-rules.ts';
import { judgeSeries, type Judgement } from '../../../src/quality/judge-series.ts';
import type { JudgedSeries } from '../../../src/quality/judged-series.ts';
import { sessionRules } from '../../../src/quality/session-rules.ts';
import { adjustmentRules, seriesRules } from '../../../src/quality/rules/index.ts';
import { generatedSeries, liquid, thin } from '../../support/generated-series.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const copyOf = (series: JudgedSeries) => excerptOf(series, 0, series.day.length);
const plain = ({ rule, day, severity, field }: Judgement) => `${rule} ${day} ${severity} ${field ?? 'bar'}`;
const times = (series: JudgedSeries, prices: number, shares: number): JudgedSeries => {
  const column = (values: Float64Array, factor: number) => values.map((value) => value * factor);
  const [open, high] = [column(series.open, prices), column(series.high, prices)];
  const [low, close] = [column(series.low, prices), column(series.close, prices)];
  return { ...series, open, high, low, close, volume: column(series.volume, shares) };
};

test('each rule has an id of its own and says what it finds', () => {
  const ids = seriesRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([
    ...ids,
    ...[...adjustmentRules, ...sessionRules, ...comparingRuleTexts].map(({ id }) => id),
  ]).toEqual(qualityRules);
  for (const { says } of [...seriesRules, ...adjustmentRules]) expect(says).toMatch(/(error|warn)/);
});

test('what trades every day, in order, has no error', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const errors = judgeSeries(generatedSeries(seed, liquid)).filter(
        ({ severity }) => severity === 'error',
      );
      expect(errors).toEqual([]);
    }),
  );
});

test('thin stocks on a coarse grid have at most one error in 1,000 bars', () => {
  const errors = Array.from({ length: 20 }, (_, seed) =>
    judgeSeries(generatedSeries(seed, thin)).filter(({ severity }) => severity === 'error'),
  );
  expect(errors.flat().length).toBeLessThanOrEqual(20);
});

describe.each(corruptions.filter(({ group }) => group === 'hard'))('$what', ({ apply }) => {
  test('is an error wherever it is, in the newest bar too', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: liquid.bars - 1 }), (seed, row) => {
        const series = copyOf(generatedSeries(seed, liquid));
        const result = apply(series, row, randomOf(seed));
        const found = judgeSeries(typeof result === 'number' ? series : result);
        expect(found.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
      }),
    );
  });
});

test.each(corruptions.filter(({ what }) => /slip|a bar x100|repeated bars|zero volume/.test(what)))(
  '$what is an error in the midst and in the newest bar',
  ({ apply }) => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(40, 100, liquid.bars - 1), (seed, row) => {
        const series = copyOf(generatedSeries(seed, liquid));
        apply(series, row, randomOf(seed));
        const errors = judgeSeries(series).filter(({ severity }) => severity === 'error');
        expect(errors.some(({ day }) => day === series.day[row])).toBe(true);
      }),
    );
  },
);

test('in other shares, or another currency, the same is found', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom(...corruptions.filter(({ what }) => what !== 'no price')),
      fc.constantFrom(0.25, 2, 64),
      (seed, { apply }, factor) => {
        const series = copyOf(generatedSeries(seed, liquid));
        const result = apply(series, 100, randomOf(seed));
        const judged = typeof result === 'number' ? series : result;
        const other = judgeSeries(times(judged, factor, 1 / factor));
        expect(other.map(plain)).toEqual(judgeSeries(judged).map(plain));
      },
    ),
  );
});

test('one bad bar changes nothing that is said of bars further away than any window', () => {
  const farthest = 64;
  const ofOneBar = corruptions.filter(({ what }) =>
    /wick|close off|decimal|a bar x100|volume|no price/.test(what),
  );
  fc.assert(
    fc.property(seeds, fc.constantFrom(...ofOneBar), (seed, { apply }) => {
      const clean = generatedSeries(seed, liquid);
      const series = copyOf(clean);
      apply(series, 100, randomOf(seed));
      const far = (found: readonly Judgement[]) =>
        found.filter(({ row }) => Math.abs(row - 100) > farthest).map(plain);
      expect(far(judgeSeries(series))).toEqual(far(judgeSeries(clean)));
    }),
  );
});

test('nothing, one bar and bars that are all wrong are judged without an end by an error', () => {
  const empty = excerptOf(generatedSeries(1, liquid), 0, 0);
  expect(judgeSeries(empty)).toEqual([]);
  expect(judgeSeries(excerptOf(generatedSeries(1, liquid), 0, 1))).toEqual([]);
  fc.assert(
    fc.property(seeds, fc.constantFrom(NaN, 0, -1, Infinity), (seed, value) => {
      const series = copyOf(generatedSeries(seed, { ...liquid, bars: 60 }));
      for (const column of [series.open, series.high, series.low, series.close]) column.fill(value);
      const found = new Set(judgeSeries(series).map(({ rule }) => rule));
      expect(found).toContain('no_price');
    }),
  );
});

test('how far the other symbols went that day is taken off', () => {
  const series = copyOf(generatedSeries(3, liquid));
  const low = Math.min(series.open[100] ?? NaN, series.close[100] ?? NaN);
  series.low[100] = low * 0.85;
  const wicksOf = (market: (day: number) => number) =>
    judgeSeries(series, { market }).filter(({ rule, day }) => rule === 'wick' && day === series.day[100]);
  expect(wicksOf(() => 0)).toHaveLength(1);
  expect(wicksOf(() => 8)).toEqual([]);
});
