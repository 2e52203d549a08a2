import { dateOfDayNumber } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import type { JudgedSeries } from '../../quality/judged-series.ts';
import type { Difference } from '../../quality/reconcile-series.ts';
import { evident } from '../../quality/rule.ts';
import type { RunFinding } from './continue-runs.ts';

const rules = { cells: 'disagreement', basis: 'basis', shifted: 'shifted', apart: 'wrong_company' } as const;

/** A difference between two sources as a finding, under the first of them; it says not which of them is wrong: a warning. */
export function differenceFinding(
  { instrumentId, source, other }: { instrumentId: number; source: SourceName; other: SourceName },
  { day }: JudgedSeries,
  { rows: [first, last], what, isCut, cells, ratio }: Difference,
): RunFinding {
  const dateAt = (row: number) => dateOfDayNumber(day[row] ?? NaN);
  const fields = cells.map(({ field, own, other: value, difference, tolerance }) => ({
    ...{ field, value: evident(own), other: evident(value), difference, tolerance },
  }));
  return {
    ...{ rule: rules[what], severity: 'warn', instrumentId, source, interval: '1d' },
    isCut,
    range: { from: dateAt(first), to: dateAt(last) },
    evidence: what === 'cells' ? { other, fields } : { other, ratio },
  };
}
