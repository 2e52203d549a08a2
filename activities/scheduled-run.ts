import type { SessionDate } from '../src/domain/session.ts';
import type { Store } from '../src/store/database.ts';
import { answeredRun } from '../src/store/run-history.ts';
import type { Flow } from '../src/temporal/names.ts';
import type { IngestionRequest } from './ingestion-run.ts';
import { workflowIdOf } from './run-identity.ts';
import { sessionsOf } from './run-sessions.ts';

/** What a firing of a schedule stands for. */
export interface ScheduledRun {
  readonly workflowId: string;
  /** The last session that it is for. */
  readonly session: SessionDate;
  /** The run that has asked all of it already, for this nominal time or a later one; null when none has. */
  readonly doneBy: string | null;
}

export function createScheduledRunActivities({ store: { db } }: { readonly store: Store }) {
  return {
    /** Says under which id a firing's run belongs, and whether a repeated firing has nothing left to do. */
    async resolveScheduledRun(flow: Flow, request: IngestionRequest): Promise<ScheduledRun> {
      const workflowId = workflowIdOf(flow, request);
      const doneBy = await answeredRun(db, workflowId, request.nominalTime);
      return { workflowId, session: sessionsOf(request).range.to, doneBy };
    },
  };
}

export type ScheduledRunActivities = ReturnType<typeof createScheduledRunActivities>;
