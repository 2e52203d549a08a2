import { isWholeMarket } from '../../domain/absence.ts';
import type { IncomingAbsence } from '../../store/absences.ts';
import { forgetLapses, withdrawLapsed } from '../../store/bar-lapses.ts';
import type { BarOrigin } from '../../store/bars/incoming-bars.ts';
import { usualRowCount } from '../../store/market-days.ts';
import type { RunEvent } from '../../store/run-events.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Loaded } from './load-outcomes.ts';

/** What is told of bars that were taken away. */
interface Withdrawn {
  readonly absences: readonly IncomingAbsence[];
  readonly events: readonly RunEvent[];
}

/**
 * Takes stored bars away that their source has no more: two whole answers of two days lack them. What came is written
 * already.
 */
export async function withdrawBars(
  tx: Transaction,
  origin: BarOrigin,
  all: readonly Loaded[],
): Promise<Withdrawn> {
  await forgetLapses(
    tx,
    origin,
    all.flatMap(({ bars }) => bars ?? []),
  );
  const absences: IncomingAbsence[] = [];
  for (const loaded of all) {
    const { bars, lacking = [] } = loaded;
    if (bars === null || lacking.length === 0 || !(await isWhole(tx, origin, loaded))) continue;
    const { observedAt } = bars;
    for (const bar of await withdrawLapsed(tx, origin, lacking, observedAt))
      absences.push({ ...bar, reason: 'withdrawn', confirmed: true, observedAt });
  }
  return { absences, events: eventsOf(origin, absences) };
}

/** A per-symbol answer is whole where it is said what it lacks. */
async function isWhole(tx: Transaction, { source }: BarOrigin, { marketDay }: Loaded): Promise<boolean> {
  if (marketDay === undefined) return true;
  const { session, rowCount, witnessed } = marketDay;
  return isWholeMarket({ rowCount, witnessed, usualRowCount: await usualRowCount(tx, source, session) });
}

function eventsOf({ source }: BarOrigin, absences: readonly IncomingAbsence[]): readonly RunEvent[] {
  if (absences.length === 0) return [];
  const data = absences.map(({ instrumentId, session }) => ({ instrumentId, session }));
  return [
    {
      level: 'warn',
      message: `${absences.length} bars are withdrawn: ${source} has lacked them on two days; what they were is kept`,
      data: { bars: data.slice(0, 50) },
    },
  ];
}
