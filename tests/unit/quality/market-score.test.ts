import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeSeries } from '../../../src/quality/judge-series.ts';
import type { JudgedSeries } from '../../../src/quality/judged-series.ts';
import { marketScores } from '../../../src/quality/market-score.ts';
import { generatedSeries, liquid } from '../../support/generated-series.ts';

const bars = 120;
const crash = 80;

/** A series whose prices fall by so many hundredths within a session, and come back. */
function crashing(seed: number, hundredths: number): JudgedSeries {
  const series = generatedSeries(seed, { ...liquid, bars });
  const low = series.low.map((value, row) => (row === crash ? value * (1 - hundredths / 100) : value));
  return { ...series, low };
}
const marketOf = (all: readonly JudgedSeries[]) => {
  const scores = marketScores(all[0]?.day[0] ?? 0, all[0]?.day.at(-1) ?? 0);
  for (const series of all) scores.add(series);
  return scores.medians();
};
const dayOf = ({ day }: JudgedSeries) => day[crash] ?? 0;

test('where all symbols fall at once none of them is at fault, and one that falls alone is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 12, max: 40 }), (seed, hundredths) => {
      const all = Array.from({ length: 25 }, (_, at) => crashing(25 * seed + at, hundredths));
      const [one] = all;
      if (one === undefined) return;
      const crashed = marketOf(all);
      const quiet = marketOf([
        one,
        ...Array.from({ length: 24 }, (_, at) => crashing(25 * seed + 1 + at, 0)),
      ]);
      const wicks = (scores: ReadonlyMap<number, number>) =>
        judgeSeries(one, { rules: ['wick'], market: (day) => scores.get(day) ?? 0 }).filter(
          ({ day }) => day === dayOf(one),
        ).length;
      expect([wicks(crashed), wicks(quiet)]).toEqual([0, 1]);
      expect(crashed.get(dayOf(one)) ?? 0).toBeGreaterThan(3 * (quiet.get(dayOf(one)) ?? Infinity));
    }),
    { numRuns: 25 },
  );
});

test('fewer than twenty symbols are no market', () => {
  const few = Array.from({ length: 19 }, (_, at) => crashing(at + 1, 30));
  expect(marketOf(few).size).toBe(0);
});

test('days outside of those that are asked for, and bars without a scale, say nothing', () => {
  const series = crashing(7, 0);
  const scores = marketScores(0, (series.day[0] ?? 0) - 1);
  for (let at = 0; at < 30; at += 1) scores.add(series);
  expect(scores.medians().size).toBe(0);
});
