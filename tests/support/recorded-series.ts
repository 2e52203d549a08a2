import { dayNumber } from '../../src/domain/date-range.ts';
import type { JudgedSeries } from '../../src/quality/judged-series.ts';
import { readCsv } from './fixtures.ts';

/** Splits of Lean's raw files: the last session in the shares of before, and the new shares for each of those. */
const leanSplits: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  AAPL: [
    ['2000-06-20', 2],
    ['2005-02-25', 2],
    ['2014-06-06', 7],
    ['2020-08-28', 4],
  ],
  IBM: [['1999-05-26', 2]],
  GOOG: [['2015-04-24', 1.0027003]],
};

export const leanSymbols = ['AAPL', 'SPY', 'IBM', 'GOOG'] as const;

/** Lean's daily bars of a symbol, in the shares of the last of them. */
export function leanSeries(symbol: string): JudgedSeries {
  const splits = leanSplits[symbol] ?? [];
  return seriesOf(readCsv(`bars/lean_${symbol}_daily_raw.csv`), (session) =>
    splits.reduce((factor, [last, shares]) => (session <= last ? factor / shares : factor), 1),
  );
}

/** A series in shares of which there are so many for one. */
export function inShares(series: JudgedSeries, shares: number): JudgedSeries {
  const price = (column: Float64Array) => column.map((value) => value * shares);
  const { open, high, low, close, volume } = series;
  return {
    ...series,
    ...{ open: price(open), high: price(high), low: price(low), close: price(close) },
    volume: volume.map((value) => value / shares),
  };
}

/** Yahoo's daily bars, and another file's in its form. */
export function yahooSeries(file: string): JudgedSeries {
  return seriesOf(readCsv(`bars/${file}`), () => 1);
}

function seriesOf(
  rows: readonly Readonly<Record<string, string>>[],
  factorOf: (session: string) => number,
): JudgedSeries {
  const told = rows.map((row) => ({
    session: (row.date ?? row.Date ?? row[''] ?? '').slice(0, 10),
    value: (name: string) => Number(row[name] ?? row[name.toLowerCase()]),
  }));
  told.sort((one, other) => (one.session < other.session ? -1 : 1));
  const price = (name: string) =>
    Float64Array.from(told, ({ session, value }) => value(name) * factorOf(session));
  const day = Int32Array.from(told, ({ session }) => dayNumber(session));
  return {
    ...{ day, open: price('Open'), high: price('High'), low: price('Low'), close: price('Close') },
    volume: Float64Array.from(told, ({ session, value }) => value('Volume') / factorOf(session)),
    hasVolume: true,
    sessions: null,
  };
}
