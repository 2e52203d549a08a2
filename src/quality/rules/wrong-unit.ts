import { priceFields } from '../judged-series.ts';
import { medianOf } from '../median.ts';
import { fewest, mostLieBetween } from '../neighbours.ts';
import { evident, type Breach, type RuleInput, type SeriesRule } from '../rule.ts';

/** Between so many times, and as many times less, the level moves in a few weeks. */
const slack = Math.log(1.6);
const hundred = Math.log(100);
const reach = 21;

/** Pence for pounds: a field, a bar or a run of bars at 100 times or a hundredth of the level around. */
export const wrongUnit: SeriesRule = {
  id: 'unit',
  says: 'a field, a bar or a run of bars at 100 times or a hundredth of the level on both sides, of the newest before it: error',
  judge: ({ series, rows }) => rows.flatMap((row) => judgeRow(series, row)),
};

function judgeRow(series: RuleInput['series'], row: number): readonly Breach[] {
  if (isNearLevel(series, row)) return [];
  const level = levelAt(series, row);
  const breaches = priceFields.flatMap((field): readonly Breach[] => {
    const value = series[field][row] ?? NaN;
    const times = Math.abs(Math.log(value / level));
    if (!(Math.abs(times - hundred) < slack)) return [];
    const evidence = { value, level: evident(level), ratio: evident(value / level) };
    return [{ row, severity: 'error', field, evidence }];
  });
  const whole = breaches.length === priceFields.length ? breaches.at(-1) : undefined;
  return whole === undefined ? breaches : [{ ...whole, field: null }];
}

/** So many times the level or less, or a share of it as large, is no other unit. */
const near = 50;

/** Whether all prices of a bar are near the level around, which is cheaper to see than the level. */
function isNearLevel({ open, high, low, close }: RuleInput['series'], row: number): boolean {
  const prices = [open, high, low, close].map((column) => column[row] ?? NaN);
  return mostLieBetween(close, { row, least: Math.max(...prices) / near, most: Math.min(...prices) * near });
}

/** The level of the bars around; NaN where both sides have one, and not the same, or too few are around. */
function levelAt({ close }: RuleInput['series'], row: number): number {
  const before = close.subarray(Math.max(0, row - reach), row);
  const after = close.subarray(row + 1, row + 1 + reach);
  if (before.length + after.length < fewest) return NaN;
  const haveBoth = before.length >= fewest && after.length >= fewest;
  if (haveBoth && !(Math.abs(Math.log(medianOf(before) / medianOf(after))) < slack)) return NaN;
  return medianOf(Float64Array.of(...before, ...after));
}
