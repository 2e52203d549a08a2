import { extraDifferences } from './extra-differences.ts';
import { computeIndicators } from '../src/indicators/compute-indicators.ts';
import {
  largestDifference,
  readReferenceFile,
  referenceFileNames,
  type Difference,
} from '../tests/unit/indicators/reference-files.ts';

/** Prints the largest difference from TA-Lib per column, over all rows of all reference files, and those of extras. */

function merge(one: Difference, other: Difference): Difference {
  return {
    absolute: Math.max(one.absolute, other.absolute),
    relative: Math.max(one.relative, other.relative),
    allowance: Math.max(one.allowance, other.allowance),
    lopsided: one.lopsided + other.lopsided,
  };
}

const largest = new Map<string, Difference>();
for (const name of referenceFileNames()) {
  const { series, expected } = readReferenceFile(name);
  const { numbers } = computeIndicators(series);
  for (const [column, values] of expected) {
    const found = largestDifference(values, numbers.get(column) ?? new Float64Array());
    const known = largest.get(column);
    largest.set(column, known ? merge(known, found) : found);
  }
}

if (largest.size === 0) console.log('../shared/fixtures/indicators is absent: nothing to compare with');
console.table(
  [...largest].map(([column, { absolute, relative, allowance, lopsided }]) => ({
    column,
    'largest absolute': absolute.toExponential(1),
    'largest relative': relative.toExponential(1),
    'of the 1e-9 allowed': allowance.toExponential(1),
    'rows only one has': lopsided,
  })),
);
console.table(extraDifferences());
