import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import { isIntraday } from '../../domain/interval.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import { inconsistentFields } from '../../quality/rules/inconsistent.ts';
import type { BarOrigin, IncomingBars } from '../../store/bars/incoming-bars.ts';
import { closeFindingsWithin, recordFindings } from '../../store/findings.ts';
import { openCells } from '../../store/open-cells.ts';
import type { Transaction } from '../../store/transaction.ts';
import { judgeCells, type JudgedCell } from './judge-cells.ts';

const rule: QualityRule = 'inconsistent';

/**
 * Records daily bars that are stored with a high or low which cannot be, as the nightly validation would, and closes what
 * has come right.
 */
export async function findInconsistent(
  tx: Transaction,
  { source, interval, runId }: BarOrigin,
  incoming: readonly IncomingBars[],
): Promise<void> {
  if (isIntraday(interval)) return;
  const known = await openCells(tx, { rule, source, interval });
  const doubtful = incoming.flatMap((bars) => [...inconsistentCells(bars)]);
  const again = known.filter(cameIn(incoming));
  const cells = [...doubtful, ...again];
  const findings = await judgeCells(tx, source, cells, [rule]);
  await recordFindings(tx, runId, findings);
  for (const { instrumentId, session } of again) {
    const cell = { rules: [rule], instrumentIds: [instrumentId], range: { from: session, to: session } };
    await closeFindingsWithin(tx, runId, { ...cell, source }, findings);
  }
}

function* inconsistentCells({ bars, instrumentIds }: IncomingBars): Generator<JudgedCell> {
  const { open, high, low, close, day } = bars;
  for (let row = 0; row < bars.length; row += 1) {
    const prices = {
      open: open[row] ?? NaN,
      high: high[row] ?? NaN,
      low: low[row] ?? NaN,
      close: close[row] ?? NaN,
    };
    if (inconsistentFields(prices).length > 0)
      yield { instrumentId: instrumentIds[row] ?? NaN, session: dateOfDayNumber(day[row] ?? NaN) };
  }
}

/** Whether a bar of a cell has come: there are few of them. */
function cameIn(incoming: readonly IncomingBars[]): (cell: JudgedCell) => boolean {
  return ({ instrumentId, session }) => {
    const day = dayNumber(session);
    return incoming.some(({ bars, instrumentIds }) =>
      instrumentIds.some((id, row) => id === instrumentId && bars.day[row] === day),
    );
  };
}
