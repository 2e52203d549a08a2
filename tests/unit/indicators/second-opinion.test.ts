/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- its input classes are plain shapes */
import fc from 'fast-check';
import * as other from 'technicalindicators';
import { describe, expect, test } from 'vitest';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import type { PriceSeries } from '../../../src/indicators/price-series.ts';
import { readReferenceFile, referenceFileNames } from './reference-files.ts';
import { barRows, seriesOf, walk } from './series.ts';

/** Where `technicalindicators` 3.1.0 computes what TA-Lib computes; its results begin at their first value. */
const numbers: Record<string, (series: PriceSeries) => readonly (number | undefined)[]> = {
  sma_200: ({ close }) => other.sma({ period: 200, values: [...close] }),
  ema_50: ({ close }) => other.ema({ period: 50, values: [...close] }),
  bb_upper_20_2: ({ close }) => bands(close).map(({ upper }) => upper),
  bb_lower_20_2: ({ close }) => bands(close).map(({ lower }) => lower),
  atr_14: (series) => other.atr({ period: 14, ...listsOf(series) }),
  true_range: (series) => other.truerange(listsOf(series)),
  stochf_k_14: (series) => stochastic(series).map(({ k }) => k),
  stochf_d_3: (series) => stochastic(series).map(({ d }) => d),
  cci_20: (series) => other.cci({ period: 20, ...listsOf(series) }),
  willr_14: (series) => other.williamsr({ period: 14, ...listsOf(series) }),
  roc_10: ({ close }) => other.roc({ period: 10, values: [...close] }),
};

function listsOf({ open, high, low, close }: PriceSeries) {
  return { open: [...open], high: [...high], low: [...low], close: [...close] };
}
function bands(close: Float64Array) {
  return other.bollingerbands({ period: 20, stdDev: 2, values: [...close] });
}
/** Without the two rows that have no %D yet. */
function stochastic(series: PriceSeries) {
  return other.stochastic({ period: 14, signalPeriod: 3, ...listsOf(series) }).slice(2);
}

describe('technicalindicators agrees on', () => {
  const series = seriesOf(walk(600, 37));
  const table = computeIndicators(series);

  test.each(Object.entries(numbers))('%s', (column, compute) => {
    const values = [...(table.numbers.get(column) ?? [])].filter((value) => !Number.isNaN(value));
    const second = compute(series);
    expect(second.length).toBe(values.length);
    for (const [row, value] of values.entries()) expect(second[row]).toBeCloseTo(value, 8);
  });
});

type Finder = (bars: ReturnType<typeof listsOf>) => unknown;

/** The same definitions. */
const alike: Record<string, Finder> = {
  bearish_engulfing: other.bearishengulfingpattern,
  bearish_harami: other.bearishharami,
  bearish_harami_cross: other.bearishharamicross,
  bearish_marubozu: other.bearishmarubozu,
  bullish_engulfing: other.bullishengulfingpattern,
  bullish_marubozu: other.bullishmarubozu,
  dark_cloud_cover: other.darkcloudcover,
  doji: other.doji,
  downside_tasuki_gap: other.downsidetasukigap,
  dragonfly_doji: other.dragonflydoji,
  evening_doji_star: other.eveningdojistar,
  evening_star: other.eveningstar,
  gravestone_doji: other.gravestonedoji,
  morning_doji_star: other.morningdojistar,
  morning_star: other.morningstar,
  three_black_crows: other.threeblackcrows,
  tweezer_bottom: other.tweezerbottom,
  tweezer_top: other.tweezertop,
};

/** Ours ask for more: what it says beside each. */
const stricter: Record<string, Finder> = {
  bearish_hammer: other.bearishhammerstick, // a shadow of two bodies; there half a body is enough
  bearish_inverted_hammer: other.bearishinvertedhammerstick,
  bullish_hammer: other.bullishhammerstick,
  bullish_inverted_hammer: other.bullishinvertedhammerstick,
  hammer: other.hammerpattern, // of such a shadow, below; there also above
  inverted_hammer: other.hammerpattern, // above
  hanging_man: other.hangingman,
  shooting_star: other.shootingstar,
  bullish_harami: other.bullishharami, // a close within the body before
  bullish_harami_cross: other.bullishharamicross,
  piercing_line: other.piercingline, // a close below the open before
  three_white_soldiers: other.threewhitesoldiers, // opens within the body before
};

/** The rows, from the fifth, in which a finder finds its pattern. */
function rowsFound(series: PriceSeries, find: Finder): readonly number[] {
  const { open, high, low, close } = listsOf(series);
  return open.flatMap((_, row) => {
    const [from, end] = [row - 4, row + 1];
    const cut = (values: number[]) => values.slice(from, end);
    return from >= 0 && find({ open: cut(open), high: cut(high), low: cut(low), close: cut(close) })
      ? row
      : [];
  });
}

function expectSecondOpinion(series: PriceSeries): void {
  const patterns = computeIndicators(series).names.get('patterns') ?? [];
  const ours = (name: string) => patterns.flatMap((names, row) => (names?.includes(name) ? row : []));
  for (const [name, find] of Object.entries(alike))
    expect({ name, rows: ours(name) }).toEqual({ name, rows: rowsFound(series, find) });
  for (const [name, find] of Object.entries(stricter)) {
    const theirs = new Set(rowsFound(series, find));
    expect({ name, alone: ours(name).filter((row) => !theirs.has(row)) }).toEqual({ name, alone: [] });
  }
}

describe('technicalindicators finds', () => {
  test('the same patterns in any bars, and all of ours where ours ask for more', () => {
    fc.assert(
      fc.property(barRows(5, 25), (rows) => expectSecondOpinion(seriesOf(rows))),
      { numRuns: 60 },
    );
  });

  const daily = 'IBM_daily_raw_last1500.csv';
  test.skipIf(!referenceFileNames().includes(daily))(
    `the same in ${daily} (skipped without ../shared)`,
    () => {
      expectSecondOpinion(readReferenceFile(daily).series);
    },
  );
});
