import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { BudgetFar } from './budget-far.ts';

/** What a run is told of a source that refuses everybody, and is left alone for so long. */
export function refusalEvent(source: SourceName, forMs: number): RunEvent {
  const message = `${source} refuses for too many requests: nothing is asked for ${Math.round(forMs / 1000)} s`;
  return { level: 'warn', message };
}

/** What a run is told of a source whose requests of the day are spent; they return after so long. */
export function spentEvent(source: SourceName, forMs: number): RunEvent {
  const until = new Date(Date.now() + forMs).toISOString();
  const message = `the requests to ${source} of this day are spent: nothing is asked until ${until}`;
  return { level: 'warn', message, data: { kind: 'DayQuotaSpent', until } };
}

/** Tells a run why its work breaks off here, where that is because the requests of the day are spent. */
export async function tellIfSpent(
  db: Database,
  { runId, source }: { readonly runId: string; readonly source: SourceName },
  error: unknown,
): Promise<void> {
  if (error instanceof BudgetFar && error.because === 'spent')
    await addRunEvents(db, runId, [spentEvent(source, error.resumeInMs)]);
}
