import type { QualityRule } from '../domain/quality-rule.ts';
import type { Severity } from '../domain/severity.ts';
import type { JudgedSeries } from './judged-series.ts';

/** What is wrong with one bar, by one rule. */
export interface Breach {
  readonly row: number;
  /** The session that it is about, where that is not the row's: days since 1970-01-01. */
  readonly day?: number;
  readonly severity: Severity;
  /** The value that is wrong; null: the bar as a whole. */
  readonly field: 'open' | 'high' | 'low' | 'close' | 'volume' | null;
  /** What it was held against: values, scale, threshold. */
  readonly evidence: Readonly<Record<string, number | string>>;
}

/** A series, and what its bars are held against. */
export interface RuleInput {
  readonly series: JudgedSeries;
  /** Those that are judged, in their order; the others are what they are held against. */
  readonly rows: readonly number[];
  /** Of the bar of a row, as a logarithm; NaN where too few are around. */
  readonly scale: (row: number) => number;
  /** How far the other symbols went out of themselves on a day (days since 1970-01-01), in their scales; 0: not known. */
  readonly market: (day: number) => number;
}

/** One rule over one series; its id is what findings call it. */
export interface SeriesRule {
  readonly id: QualityRule;
  /** In words, with its thresholds. */
  readonly says: string;
  readonly judge: (input: RuleInput) => readonly Breach[];
}

/** A number as evidence shows it. */
export function evident(value: number): number {
  return Number(value.toPrecision(6));
}
