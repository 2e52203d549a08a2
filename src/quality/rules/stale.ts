import { medianOf } from '../median.ts';
import { neighboursOf } from '../neighbours.ts';
import type { Breach, RuleInput, SeriesRule } from '../rule.ts';

/** What a source says again for want of anything new. */
export const stale: SeriesRule = {
  id: 'stale',
  says: 'all five numbers of a bar with a range again: error; its prices alone, a bar of one price with its volume, or one without volume where the symbol trades: warn',
  judge: ({ series, rows }) => rows.flatMap((row) => judgeRow(series, row)),
};

function judgeRow(series: RuleInput['series'], row: number): readonly Breach[] {
  const { open, high, low, close, volume, hasVolume } = series;
  const isSame = [open, high, low, close].every((column) => column[row] === column[row - 1]);
  const sameVolume = volume[row] === volume[row - 1];
  const hasRange = (high[row] ?? NaN) > (low[row] ?? NaN);
  const traded = (volume[row] ?? NaN) > 0;
  const breach = (severity: Breach['severity'], what: string): readonly Breach[] => [
    { row, severity, field: null, evidence: { what, close: close[row] ?? NaN, volume: volume[row] ?? NaN } },
  ];
  if (isSame && hasRange && sameVolume && (traded || !hasVolume))
    return breach('error', 'all five numbers again');
  if (isSame && hasRange) return breach('warn', 'all prices again');
  if (isSame && sameVolume && traded) return breach('warn', 'one price and its volume again');
  if (hasVolume && !hasRange && !traded && tradesUsually(series, row))
    return breach('warn', 'no range and no volume');
  return [];
}

function tradesUsually({ volume, high, low }: RuleInput['series'], row: number): boolean {
  const rows = neighboursOf(row, volume.length);
  const lively = rows.map((at) => Number((volume[at] ?? 0) > 0 && (high[at] ?? NaN) > (low[at] ?? NaN)));
  return medianOf(lively) === 1;
}
