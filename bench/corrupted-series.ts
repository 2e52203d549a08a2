import type { JudgedSeries } from '../src/quality/judged-series.ts';
import { hashCell, unit } from '../src/simulator/market/seeded-hash.ts';

/** Numbers from a seed, from 0 up to 1: the same each time. */
export function randomOf(seed: number): () => number {
  let drawn = 0;
  return () => unit(hashCell(seed, (drawn += 1), 0));
}

type Random = () => number;
type Column = 'open' | 'high' | 'low' | 'close' | 'volume';
const columns = ['open', 'high', 'low', 'close', 'volume'] as const;
const prices = ['open', 'high', 'low', 'close'] as const;

/** A fault that a series can be given at a row, how often, and whether it has to be found by one source. */
export interface Corruption {
  readonly group: 'hard' | 'gross' | 'fine';
  readonly what: string;
  readonly count: number;
  /** Corrupts a copy; returns how many rows from this one are wrong. */
  readonly apply: (series: JudgedSeries, row: number, random: Random) => number | JudgedSeries;
}

const between = (random: Random, low: number, high: number) => low + (high - low) * random();
const oneOf = <T>(random: Random, choices: readonly [T, ...T[]]): T =>
  choices[Math.floor(random() * choices.length)] ?? choices[0];
const wholeBetween = (random: Random, low: number, high: number) =>
  Math.floor(between(random, low, high + 1));

function scale(series: JudgedSeries, row: number, fields: readonly Column[], factor: number): void {
  for (const field of fields) series[field][row] = (series[field][row] ?? NaN) * factor;
}
function scaleRun(
  series: JudgedSeries,
  { row, rows, fields, factor }: { row: number; rows: number; fields: readonly Column[]; factor: number },
): number {
  const last = Math.min(series.day.length, row + rows);
  for (let at = row; at < last; at += 1) scale(series, at, fields, factor);
  return last - row;
}
const hundredfold = (random: Random) => oneOf(random, [100, 0.01]);
/** A false close that high and low were made to hold. */
function falseClose(series: JudgedSeries, row: number, factor: number): number {
  scale(series, row, ['close'], factor);
  const close = series.close[row] ?? NaN;
  series.high[row] = Math.max(series.high[row] ?? NaN, close);
  series.low[row] = Math.min(series.low[row] ?? NaN, close);
  return 1;
}
function falseWick(series: JudgedSeries, row: number, size: number, random: Random): number {
  const isHigh = random() < 0.5;
  const [open = NaN, close = NaN] = [series.open[row], series.close[row]];
  if (isHigh) series.high[row] = Math.max(open, close) * (1 + size);
  else series.low[row] = Math.min(open, close) * (1 - size);
  return 1;
}
function copyRow(series: JudgedSeries, from: number, to: number, fields: readonly Column[]): void {
  for (const field of fields) series[field][to] = series[field][from] ?? NaN;
}
function rebuilt(series: JudgedSeries, rows: readonly number[]): JudgedSeries {
  const column = (field: Column) => Float64Array.from(rows, (row) => series[field][row] ?? NaN);
  const [open, high, low, close, volume] = columns.map(column) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    ...series,
    day: Int32Array.from(rows, (row) => series.day[row] ?? NaN),
    open,
    high,
    low,
    close,
    volume,
  };
}
const rowsOf = ({ day }: JudgedSeries) => [...day.keys()];
const splits = [1.5, 2, 3, 4, 5, 7, 10, 20] as const;

/** The thousand faults, by kind. */
export const corruptions: readonly Corruption[] = [
  {
    ...{ group: 'hard', what: 'inconsistent', count: 90 },
    apply(series, row, random) {
      const [open = NaN, close = NaN] = [series.open[row], series.close[row]];
      const size = between(random, 0.001, 0.05);
      if (random() < 0.5) series.high[row] = Math.max(open, close) * (1 - size);
      else series.low[row] = Math.min(open, close) * (1 + size);
      return 1;
    },
  },
  {
    ...{ group: 'hard', what: 'no price', count: 60 },
    apply(series, row, random) {
      series[oneOf(random, prices)][row] = oneOf(random, [0, -1, NaN, Infinity]);
      return 1;
    },
  },
  {
    ...{ group: 'hard', what: 'negative volume', count: 20 },
    apply(series, row) {
      series.volume[row] = -(series.volume[row] ?? NaN);
      return 1;
    },
  },
  {
    ...{ group: 'hard', what: 'duplicate', count: 30 },
    apply: (series, row) =>
      rebuilt(
        series,
        rowsOf(series).flatMap((at) => (at === row ? [at, at] : [at])),
      ),
  },
  {
    ...{ group: 'hard', what: 'off session', count: 30 },
    apply(series, row) {
      const taken = new Set(series.sessions ?? []);
      let day = series.day[row] ?? NaN;
      while (taken.has(day)) day += 1;
      const moved = rebuilt(
        series,
        rowsOf(series).flatMap((at) => (at === row ? [at, at] : [at])),
      );
      moved.day[row + 1] = day;
      return rebuilt(
        moved,
        rowsOf(moved).toSorted((a, b) => (moved.day[a] ?? 0) - (moved.day[b] ?? 0)),
      );
    },
  },
  {
    ...{ group: 'hard', what: 'missing', count: 40 },
    apply: (series, row) =>
      rebuilt(
        series,
        rowsOf(series).filter((at) => at !== Math.min(row, series.day.length - 2)),
      ),
  },
  {
    ...{ group: 'gross', what: 'decimal slip of high or low', count: 70 },
    apply(series, row, random) {
      if (random() < 0.5) scale(series, row, ['high'], 10);
      else scale(series, row, ['low'], 0.1);
      return 1;
    },
  },
  {
    ...{ group: 'gross', what: 'a bar x100 or /100', count: 60 },
    apply: (series, row, random) =>
      scaleRun(series, { row, rows: 1, fields: prices, factor: hundredfold(random) }),
  },
  {
    ...{ group: 'gross', what: '2 to 14 bars x100 or /100', count: 60 },
    apply: (series, row, random) =>
      scaleRun(series, {
        row,
        rows: wholeBetween(random, 2, 14),
        fields: prices,
        factor: hundredfold(random),
      }),
  },
  {
    ...{ group: 'gross', what: 'split not applied', count: 80 },
    apply(series, row, random) {
      const ratio = oneOf(random, splits) ** oneOf(random, [1, -1]);
      for (let at = 0; at < row; at += 1) {
        scale(series, at, prices, ratio);
        scale(series, at, ['volume'], 1 / ratio);
      }
      return 1;
    },
  },
  {
    ...{ group: 'gross', what: 'repeated bars', count: 50 },
    apply(series, row, random) {
      const rows = Math.min(wholeBetween(random, 1, 5), series.day.length - row);
      for (let at = row; at < row + rows; at += 1) copyRow(series, row - 1, at, columns);
      return rows;
    },
  },
  {
    ...{ group: 'gross', what: 'zero volume', count: 30 },
    apply(series, row) {
      series.volume[row] = 0;
      return 1;
    },
  },
  {
    ...{ group: 'gross', what: "another company's 1 to 60 bars", count: 30 },
    apply(series, row, random) {
      const factor = between(random, 1.6, 8) ** oneOf(random, [1, -1]);
      return scaleRun(series, { row, rows: wholeBetween(random, 1, 60), fields: prices, factor });
    },
  },
  {
    ...{ group: 'fine', what: 'false wick of 5 to 25 %', count: 60 },
    apply: (series, row, random) => falseWick(series, row, between(random, 0.05, 0.25), random),
  },
  {
    ...{ group: 'fine', what: 'false wick of 1 to 5 %', count: 20 },
    apply: (series, row, random) => falseWick(series, row, between(random, 0.01, 0.05), random),
  },
  {
    ...{ group: 'fine', what: 'close off by 10 to 50 %', count: 60 },
    apply: (series, row, random) =>
      falseClose(series, row, 1 + between(random, 0.1, 0.5) * oneOf(random, [1, -1])),
  },
  {
    ...{ group: 'fine', what: 'close off by 2 to 10 %', count: 30 },
    apply: (series, row, random) =>
      falseClose(series, row, 1 + between(random, 0.02, 0.1) * oneOf(random, [1, -1])),
  },
  {
    ...{ group: 'fine', what: 'repeated prices', count: 30 },
    apply(series, row) {
      copyRow(series, row - 1, row, prices);
      return 1;
    },
  },
  {
    ...{ group: 'fine', what: 'flat fill', count: 30 },
    apply(series, row) {
      for (const field of prices) series[field][row] = series.close[row - 1] ?? NaN;
      series.volume[row] = 0;
      return 1;
    },
  },
  {
    ...{ group: 'fine', what: 'volume x100 or /100', count: 50 },
    apply: (series, row, random) =>
      scaleRun(series, { row, rows: 1, fields: ['volume'], factor: hundredfold(random) }),
  },
  {
    ...{ group: 'fine', what: 'volume x2', count: 10 },
    apply: (series, row) => scaleRun(series, { row, rows: 1, fields: ['volume'], factor: 2 }),
  },
  {
    ...{ group: 'fine', what: 'split in prices only', count: 20 },
    apply(series, row, random) {
      const ratio = oneOf(random, splits) ** oneOf(random, [1, -1]);
      for (let at = 0; at < row; at += 1) scale(series, at, prices, ratio);
      return 1;
    },
  },
  {
    ...{ group: 'fine', what: "a day's shift", count: 10 },
    apply(series, row) {
      for (let at = series.day.length - 1; at >= row; at -= 1) copyRow(series, at - 1, at, columns);
      return 1;
    },
  },
  {
    ...{ group: 'fine', what: 'volume short by 5 to 40 %', count: 20 },
    apply: (series, row, random) =>
      scaleRun(series, { row, rows: 1, fields: ['volume'], factor: 1 - between(random, 0.05, 0.4) }),
  },
  {
    ...{ group: 'fine', what: 'factor off by 0.2 to 1 %', count: 10 },
    apply(series, row, random) {
      const factor = 1 + between(random, 0.002, 0.01);
      for (let at = 0; at < row; at += 1) scale(series, at, prices, factor);
      return 1;
    },
  },
];

/** Rows of a series as one of its own, which may be changed. */
export function excerptOf(series: JudgedSeries, begin: number, end: number): JudgedSeries {
  const [first, last] = [Math.max(0, begin), Math.min(series.day.length, end)];
  const copy = rebuilt(
    series,
    Array.from({ length: last - first }, (_, at) => first + at),
  );
  const [from = NaN, to = NaN] = [copy.day[0], copy.day.at(-1)];
  return { ...copy, sessions: series.sessions?.filter((day) => day >= from && day <= to) ?? null };
}
