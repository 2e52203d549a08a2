import type { SessionDate } from '../src/domain/session.ts';
import type { Database, Store } from '../src/store/database.ts';
import { readWatched } from '../src/store/instruments.ts';
import { answeredRun } from '../src/store/run-history.ts';
import type { Flow } from '../src/temporal/names.ts';
import {
  indicatorsFlow,
  indicatorsIdOf,
  windowOf,
  type IndicatorsRequest,
} from '../src/runs/indicators-run.ts';
import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import { workflowIdOf } from '../src/runs/run-identity.ts';
import { sessionsOf } from '../src/runs/run-sessions.ts';
import { hourlyDue } from '../src/runs/hourly-due.ts';

/** A run that a firing of a schedule stands for. */
export interface ScheduledRun {
  readonly workflowId: string;
  /** The last session that it is for. */
  readonly session: SessionDate;
  /** The run that has asked all of it already, for this nominal time or a later one; null when none has. */
  readonly doneBy: string | null;
  /** Why there is nothing to do; absent: there is. */
  readonly nothingDue?: string;
  /** Another run that is due at the same time. */
  readonly beside?: { readonly request: IngestionRequest; readonly run: ScheduledRun };
}

export function createScheduledRunActivities({ store: { db } }: { readonly store: Store }) {
  return {
    /** Says under which id a firing's run belongs, and whether a repeated firing has nothing left to do. */
    async resolveScheduledRun(flow: Flow, request: IngestionRequest): Promise<ScheduledRun> {
      if (flow === indicatorsFlow) return resolveIndicators(db, request as IndicatorsRequest);
      const run = await resolve(db, flow, request);
      if (flow !== 'yahoo-market-data-hourly') return run;
      const { hours, day } = hourlyDue(new Date(request.nominalTime));
      if (!hours) return { ...run, nothingDue: 'the market is closed' };
      if (request.symbols === undefined && (await readWatched(db)).length === 0)
        return { ...run, nothingDue: 'no symbol is watched: barwright symbols add' };
      if (!day) return run;
      const daily: IngestionRequest = { ...request, interval: '1d' };
      return { ...run, beside: { request: daily, run: await resolve(db, flow, daily) } };
    },
  };
}

export type ScheduledRunActivities = ReturnType<typeof createScheduledRunActivities>;

async function resolve(db: Database, flow: Flow, request: IngestionRequest): Promise<ScheduledRun> {
  const workflowId = workflowIdOf(flow, request);
  const doneBy = await answeredRun(db, workflowId, request.nominalTime);
  return { workflowId, session: sessionsOf(request).range.to, doneBy };
}

async function resolveIndicators(db: Database, request: IndicatorsRequest): Promise<ScheduledRun> {
  const workflowId = indicatorsIdOf(request);
  const doneBy = await answeredRun(db, workflowId, request.nominalTime);
  const run = { workflowId, session: windowOf(request).session, doneBy };
  const nobody =
    request.source === 'yahoo' && request.symbols === undefined && (await readWatched(db)).length === 0;
  return nobody ? { ...run, nothingDue: 'no symbol is watched: barwright symbols add' } : run;
}
