import { dailyBarsFlow } from '../../flows/index.ts';
import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { AwaitedIngestion } from '../../runs/indicators-summary.ts';
import type { Store } from '../../store/database.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { ingestionOf } from '../../store/session-ingestion.ts';

/** How far the ingestion of a session is. */
export interface IngestionProgress {
  readonly flow: string;
  readonly session: string;
  readonly state: 'finished' | 'awaited' | 'given_up';
  /** In words, for the result. */
  readonly lacks: string | null;
}

/** What a run waited for, and what it went on without. */
export interface IngestionWait {
  readonly waitedFor: AwaitedIngestion | null;
  readonly wentOnWithout: string | null;
}

/** Whether the daily bars of a run's session have come: the scheduled ingestion of its source has ended. */
export async function ingestionProgress(
  { db }: Store,
  { runId, request }: IndicatorsRun,
): Promise<IngestionProgress> {
  const flow = dailyBarsFlow[request.source];
  const session = (await readRunSessions(db, runId)).range.to;
  const run = await ingestionOf(db, flow, session);
  if (run?.status === 'completed') return { flow, session, state: 'finished', lacks: null };
  if (run === null) return { flow, session, state: 'awaited', lacks: `no run of ${flow} for ${session}` };
  const state = run.status === 'running' ? 'awaited' : 'given_up';
  const how = state === 'awaited' ? 'has not finished' : `has ${run.status}`;
  return { flow, session, state, lacks: `${run.workflowId} ${how}` };
}

/** What the protocol of a run says of its wait; nothing where it neither waited nor lacks anything. */
export function waitEvents({ waitedFor, wentOnWithout }: IngestionWait): readonly RunEvent[] {
  const waited = waitedFor === null ? [] : [`waited ${waitedFor.seconds} s for ${waitedFor.flow}`];
  const without = wentOnWithout === null ? [] : [`goes on without the bars of the session: ${wentOnWithout}`];
  const message = [...waited, ...without].join('; ');
  return message === '' ? [] : [{ level: wentOnWithout === null ? 'info' : 'warn', message }];
}
