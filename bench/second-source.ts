import { alignSeries } from '../src/quality/align-series.ts';
import type { JudgedSeries } from '../src/quality/judged-series.ts';
import { medianOf } from '../src/quality/median.ts';
import { inShares, leanSeries, yahooSeries } from '../tests/support/recorded-series.ts';

const prices = ['open', 'high', 'low', 'close'] as const;
type Field = (typeof prices)[number] | 'volume';
type Ratios = Readonly<Record<Field, Float64Array>>;

/** What lies so far apart in two recorded series is a fault of one of them, and no way of consolidating. */
const fault = 0.02;

/** What recorded bars of one source are of another's, session by session. */
export function recordedRatios(): readonly Ratios[] {
  return [
    ['AAPL', 'yahoo_AAPL_daily_20040819_20180120.csv', 4] as const,
    ['SPY', 'yahoo_SPY_daily_20080101_20180101.csv', 1] as const,
  ].map(([symbol, file, shares]) =>
    ratiosOf(inShares(leanSeries(symbol), shares), { ...yahooSeries(file), sessions: null }),
  );
}

function ratiosOf(own: JudgedSeries, other: JudgedSeries): Ratios {
  const { rows } = alignSeries(own, other);
  const ratio = (field: Field) =>
    Float64Array.from(rows, ([row, beside]) => (own[field][row] ?? NaN) / (other[field][beside] ?? NaN));
  const told = { open: ratio('open'), high: ratio('high'), low: ratio('low'), close: ratio('close') };
  const volume = ratio('volume');
  const usual = medianOf(volume);
  for (const at of rows.keys())
    if (prices.some((field) => Math.abs((told[field][at] ?? NaN) - 1) > fault)) {
      for (const field of prices) told[field][at] = 1;
      volume[at] = usual;
    }
  return { ...told, volume };
}

/** Another good consolidation of the same trades: apart from the first as a run of recorded sessions of two sources is. */
export function secondSource(
  series: JudgedSeries,
  recorded: readonly Ratios[],
  random: () => number,
): JudgedSeries {
  const ratios = recorded[Math.floor(random() * recorded.length)] ?? recorded[0];
  if (ratios === undefined) throw new Error('no recorded pair');
  const first = Math.floor(random() * (ratios.close.length - series.day.length));
  const column = (field: Field) =>
    series[field].map((value, row) => value * (ratios[field][first + row] ?? NaN));
  const [open, close] = [column('open'), column('close')];
  return {
    ...{ ...series, open, close },
    // What lies out of a bar is no bar.
    high: column('high').map((value, row) => Math.max(value, open[row] ?? NaN, close[row] ?? NaN)),
    low: column('low').map((value, row) => Math.min(value, open[row] ?? NaN, close[row] ?? NaN)),
    volume: column('volume'),
  };
}
