import { gapReasons, isRepairable, repairableCells } from '../../domain/gap.ts';
import { presentCells, type CellsBefore, type RepairOutcome } from '../../runs/repair-summary.ts';
import type { Coverage } from './read-coverage.ts';

/** What has become of what lacked. */
export function repairOutcome({ missing, present }: CellsBefore, { cells }: Coverage): RepairOutcome {
  const remains = repairableCells(cells);
  const came = Math.min(missing, Math.max(0, presentCells(cells) - present));
  const reasons = gapReasons.filter((reason) => isRepairable(reason) && cells[reason] > 0);
  return {
    ...{ missing, came, remains },
    explained: Math.max(0, missing - came - remains),
    reasons: Object.fromEntries(reasons.map((reason) => [reason, cells[reason]])),
  };
}
