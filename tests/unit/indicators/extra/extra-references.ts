import path from 'node:path';
import type { PriceSeries } from '../../../../src/indicators/price-series.ts';
import { readReferenceFile, readReferences, referenceFileNames } from '../reference-files.ts';

/** Bars with ties, flat days and days without volume; TA-Lib 0.8.2 computed the values (`bench/record_talib_extra.py`). */
export const recorded = readReferences(path.join(import.meta.dirname, 'talib.csv'));

/** Bars to compute extras of: those with values of TA-Lib, and real ones where ../shared is there. */
export function extraSeries(): readonly PriceSeries[] {
  return [recorded.series, ...referenceFileNames().map((name) => readReferenceFile(name).series)];
}
