import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import { isIntraday } from '../../domain/interval.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import { inconsistentFields } from '../../quality/rules/inconsistent.ts';
import type { BarOrigin, IncomingBars } from '../../store/bars/incoming-bars.ts';
import { closeCells, recordFindings, type Finding } from '../../store/findings.ts';
import { doubtfulParts, type StoredPart } from '../../store/inconsistent-parts.ts';
import { openCells } from '../../store/open-cells.ts';
import type { Transaction } from '../../store/transaction.ts';
import { judgeStoredCells, type JudgedCell } from './judge-stored-cells.ts';

const rule: QualityRule = 'inconsistent';

/**
 * Records bars that are stored with a high or low which cannot be, daily ones as the nightly validation would, shorter ones
 * by their session, and closes what has come right.
 */
export async function findInconsistent(
  tx: Transaction,
  { source, interval, runId }: BarOrigin,
  incoming: readonly IncomingBars[],
): Promise<void> {
  const known = await openCells(tx, { rule, source, interval });
  const doubtful = incoming.flatMap((bars) => [...inconsistentCells(bars)]);
  const again = known.length === 0 ? [] : known.filter(cameIn(incoming));
  const cells = [...doubtful, ...again];
  const findings = isIntraday(interval)
    ? partFindings({ source, interval }, await doubtfulParts(tx, { source, interval }, cells))
    : await judgeStoredCells(tx, source, cells, [rule]);
  await recordFindings(tx, runId, findings);
  await closeCells(tx, runId, { rule, source, interval, cells: again }, findings);
}

/** One finding a session: its first part, and how many there are. */
function partFindings(
  place: Pick<Finding, 'source' | 'interval'>,
  parts: readonly StoredPart[],
): readonly Finding[] {
  const doubtful = parts.filter((part) => inconsistentFields(part).length > 0);
  const bySession = Map.groupBy(doubtful, ({ instrumentId, session }) => `${instrumentId} ${session}`);
  return [...bySession.values()].flatMap((own): readonly Finding[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { instrumentId, session, ...bar } = first;
    const fields = inconsistentFields(bar).map((field) => ({ field }));
    const evidence = { bar, fields, bars: own.length };
    return [
      { rule, severity: 'error', ...place, instrumentId, range: { from: session, to: session }, evidence },
    ];
  });
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

/** Whether a bar of a cell has come. */
function cameIn(incoming: readonly IncomingBars[]): (cell: JudgedCell) => boolean {
  const came = new Set<number>();
  for (const { bars, instrumentIds } of incoming)
    for (let row = 0; row < bars.length; row += 1)
      came.add(cellNumber(instrumentIds[row] ?? NaN, bars.day[row] ?? NaN));
  return ({ instrumentId, session }) => came.has(cellNumber(instrumentId, dayNumber(session)));
}

/** No day since 1970-01-01 has more than six digits. */
function cellNumber(instrumentId: number, day: number): number {
  return instrumentId * 1e6 + day;
}
