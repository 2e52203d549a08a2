import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import { noteSeldom, type KindOfEvent } from '../../store/run-events.ts';
import { BudgetFar } from './budget-far.ts';

/** What a run is told of a source that refuses everybody, and is left alone for so long. */
export function refusalEvent(source: SourceName, forMs: number): KindOfEvent {
  const message = `${source} refuses for too many requests: nothing is asked for ${Math.round(forMs / 1000)} s`;
  const until = new Date(Date.now() + forMs).toISOString();
  return { level: 'warn', message, data: { kind: 'Refused', until } };
}

/** What a run is told of a source whose requests of the day are spent; they return after so long. */
export function spentEvent(source: SourceName, forMs: number): KindOfEvent {
  const until = new Date(Date.now() + forMs).toISOString();
  const message = `the requests to ${source} of this day are spent: nothing is asked until ${until}`;
  return { level: 'warn', message, data: { kind: 'DayQuotaSpent', until } };
}

/** Whom a source keeps waiting. */
interface HeldRun {
  readonly runId: string;
  readonly source: SourceName;
}

/** Tells a run that its source refuses everybody. */
export async function tellRefused(db: Database, { runId, source }: HeldRun, forMs: number): Promise<void> {
  await noteSeldom(db, runId, refusalEvent(source, forMs));
}

/** Tells a run why its work breaks off here, where that is because its source refuses, or its requests of the day are spent. */
export async function tellHeld(db: Database, { runId, source }: HeldRun, error: unknown): Promise<void> {
  if (!(error instanceof BudgetFar) || error.because === 'pace') return;
  const eventOf = error.because === 'spent' ? spentEvent : refusalEvent;
  await noteSeldom(db, runId, eventOf(source, error.resumeInMs));
}
