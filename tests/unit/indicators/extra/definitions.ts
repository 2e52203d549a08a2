import type { PriceSeries } from '../../../../src/indicators/price-series.ts';

/** The extras as their definitions say, value by value and slowly; NaN where there is none. */
export type Definition = (series: PriceSeries) => readonly number[];

const valuesOf = (length: number, value: (row: number) => number) =>
  Array.from({ length }, (_, row) => value(row));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Over the `bars` values that end in each row; NaN while one of them is. */
function over(values: ArrayLike<number>, bars: number, tell: (window: readonly number[]) => number) {
  const all = Array.from(values);
  return valuesOf(all.length, (row) => {
    const window = all.slice(Math.max(0, row - bars + 1), row + 1);
    return window.length < bars || window.some((value) => Number.isNaN(value)) ? NaN : tell(window);
  });
}
const sma = (values: ArrayLike<number>, bars: number) => over(values, bars, mean);

/** Begins with a mean of the first values that there are; then each value has its weight. */
function smoothed(values: readonly number[], bars: number, weight: number): readonly number[] {
  const first = values.findIndex((value) => !Number.isNaN(value));
  let average = NaN;
  return values.map((value, row) => {
    if (first === -1 || row < first + bars - 1) return NaN;
    if (row === first + bars - 1) average = mean(values.slice(first, row + 1));
    else average = average * (1 - weight) + value * weight;
    return average;
  });
}
const ema = (values: readonly number[], bars: number) => smoothed(values, bars, 2 / (bars + 1));

const roc = (values: ArrayLike<number>, bars: number) =>
  valuesOf(values.length, (row) => {
    const [now, then] = [values[row] ?? NaN, values[row - bars] ?? NaN];
    return 100 * (now / then - 1);
  });

function atr({ high, low, close }: PriceSeries, bars: number): readonly number[] {
  const ranges = valuesOf(close.length, (row) => {
    if (row === 0) return NaN;
    const [top, bottom, before] = [high[row] ?? NaN, low[row] ?? NaN, close[row - 1] ?? NaN];
    return Math.max(top, before) - Math.min(bottom, before);
  });
  return smoothed(ranges, bars, 1 / bars);
}

function middle({ high, low }: PriceSeries, bars: number): readonly number[] {
  const tops = over(high, bars, (window) => Math.max(...window));
  const bottoms = over(low, bars, (window) => Math.min(...window));
  return tops.map((top, row) => (top + (bottoms[row] ?? NaN)) / 2);
}

const plus = (one: readonly number[], other: readonly number[], times: number) =>
  one.map((value, row) => value + times * (other[row] ?? NaN));

function knowSureThing({ close }: PriceSeries): readonly number[] {
  const parts = [
    [10, 10],
    [15, 10],
    [20, 10],
    [30, 15],
  ].map(([change = 0, bars = 0]) => sma(roc(close, change), bars));
  return parts.reduce(
    (sum, part, at) => plus(sum, part, at + 1),
    valuesOf(close.length, () => 0),
  );
}

const heikinClose = ({ open, high, low, close }: PriceSeries) =>
  valuesOf(close.length, (row) =>
    mean([open[row] ?? NaN, high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN]),
  );

function heikinOpen(series: PriceSeries): readonly number[] {
  const closes = heikinClose(series);
  const opens: number[] = [];
  for (const [row] of closes.entries())
    opens.push(
      row === 0
        ? mean([series.open[0] ?? NaN, series.close[0] ?? NaN])
        : mean([opens[row - 1] ?? NaN, closes[row - 1] ?? NaN]),
    );
  return opens;
}

/** As TA-Lib's `TA_SAR` goes: two rules, one for each side. */
function stopAndReverse({ high, low }: PriceSeries): readonly number[] {
  const at = (values: Float64Array, row: number) => values[row] ?? NaN;
  const rise = at(high, 1) - at(high, 0);
  const fall = at(low, 0) - at(low, 1);
  let isLong = !(fall > 0 && fall > rise);
  let [factor, extreme, sar] = [0.02, isLong ? at(high, 1) : at(low, 1), isLong ? at(low, 0) : at(high, 0)];
  let [newHigh, newLow] = [at(high, 1), at(low, 1)];
  return valuesOf(high.length, (row) => {
    if (row === 0) return NaN;
    const [prevHigh, prevLow] = [newHigh, newLow];
    [newHigh, newLow] = [at(high, row), at(low, row)];
    let shown = sar;
    if (isLong && newLow <= sar) {
      isLong = false;
      shown = sar = Math.max(extreme, prevHigh, newHigh);
      [factor, extreme] = [0.02, newLow];
      sar = Math.max(sar + factor * (extreme - sar), prevHigh, newHigh);
    } else if (isLong) {
      if (newHigh > extreme) [extreme, factor] = [newHigh, Math.min(0.2, factor + 0.02)];
      sar = Math.min(sar + factor * (extreme - sar), prevLow, newLow);
    } else if (newHigh >= sar) {
      isLong = true;
      shown = sar = Math.min(extreme, prevLow, newLow);
      [factor, extreme] = [0.02, newHigh];
      sar = Math.min(sar + factor * (extreme - sar), prevLow, newLow);
    } else {
      if (newLow < extreme) [extreme, factor] = [newLow, Math.min(0.2, factor + 0.02)];
      sar = Math.max(sar + factor * (extreme - sar), prevHigh, newHigh);
    }
    return shown;
  });
}

/** The sum of what each row adds. */
function running(length: number, adds: (row: number) => number): readonly number[] {
  let sum = 0;
  return valuesOf(length, (row) => (sum += adds(row)));
}

function moneyFlow({ high, low, close, volume }: PriceSeries): readonly number[] {
  return running(close.length, (row) => {
    const [top, bottom, price] = [high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN];
    return top > bottom ? ((2 * price - top - bottom) / (top - bottom)) * (volume[row] ?? NaN) : 0;
  });
}

function averageSinceFirst({ high, low, close, volume }: PriceSeries): readonly number[] {
  const typical = (row: number) => ((high[row] ?? NaN) + (low[row] ?? NaN) + (close[row] ?? NaN)) / 3;
  const money = running(close.length, (row) => typical(row) * (volume[row] ?? NaN));
  const volumes = running(close.length, (row) => volume[row] ?? NaN);
  return money.map((sum, row) => sum / (volumes[row] ?? NaN));
}

function trix({ close }: PriceSeries): readonly number[] {
  return roc(ema(ema(ema([...close], 15), 15), 15), 1);
}

function force({ close, volume }: PriceSeries): readonly number[] {
  return ema(
    valuesOf(close.length, (row) => ((close[row] ?? NaN) - (close[row - 1] ?? NaN)) * (volume[row] ?? NaN)),
    13,
  );
}

const weighted = (window: readonly number[]) =>
  window.reduce((sum, value, at) => sum + value * (at + 1), 0) / ((window.length * (window.length + 1)) / 2);
const median = ({ high, low }: PriceSeries) =>
  valuesOf(high.length, (row) => ((high[row] ?? NaN) + (low[row] ?? NaN)) / 2);
const kstKey = 'kst_10_15_20_30_10_10_10_15_9';

/** By key. */
export const definitions: Readonly<Record<string, Definition>> = {
  'psar_0.02_0.2': stopAndReverse,
  adl: moneyFlow,
  force_index_13: force,
  trix_15: trix,
  [kstKey]: knowSureThing,
  [`${kstKey}_signal`]: (series) => sma(knowSureThing(series), 9),
  ao_5_34: (series) => plus(sma(median(series), 5), sma(median(series), 34), -1),
  vwap: averageSinceFirst,
  wma_20: ({ close }) => over(close, 20, weighted),
  ichimoku_9_26_52_conversion: (series) => middle(series, 9),
  ichimoku_9_26_52_base: (series) => middle(series, 26),
  ichimoku_9_26_52_span_a: (series) => plus(middle(series, 9), middle(series, 26), 1).map((sum) => sum / 2),
  ichimoku_9_26_52_span_b: (series) => middle(series, 52),
  keltner_20_10_2_upper: (series) => plus(ema([...series.close], 20), atr(series, 10), 2),
  keltner_20_10_2_middle: ({ close }) => ema([...close], 20),
  keltner_20_10_2_lower: (series) => plus(ema([...series.close], 20), atr(series, 10), -2),
  chandelier_22_3_long: (series) =>
    plus(
      over(series.high, 22, (window) => Math.max(...window)),
      atr(series, 22),
      -3,
    ),
  chandelier_22_3_short: (series) =>
    plus(
      over(series.low, 22, (window) => Math.min(...window)),
      atr(series, 22),
      3,
    ),
  heikin_ashi_open: heikinOpen,
  heikin_ashi_high: (series) => furthest(Math.max, series.high, heikinOpen(series), heikinClose(series)),
  heikin_ashi_low: (series) => furthest(Math.min, series.low, heikinOpen(series), heikinClose(series)),
  heikin_ashi_close: heikinClose,
};

/** Of each row the largest or the smallest. */
function furthest(choose: typeof Math.max, ...columns: readonly ArrayLike<number>[]): readonly number[] {
  return valuesOf(columns[0]?.length ?? 0, (row) => choose(...columns.map((values) => values[row] ?? NaN)));
}
