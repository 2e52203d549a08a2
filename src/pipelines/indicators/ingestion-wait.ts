import { dailyBarsFlow } from '../../flows/index.ts';
import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { AwaitedIngestion } from '../../runs/indicators-summary.ts';
import type { Store } from '../../store/database.ts';
import { noteWait } from '../../store/open-runs.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import type { RunStatus } from '../../store/schema.ts';
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

/** Whether the daily bars of a run's session have come; while the run waits for them, it says so. */
export async function ingestionProgress(store: Store, run: IndicatorsRun): Promise<IngestionProgress> {
  const progress = await progressOf(store, run);
  const { state, flow, session, lacks } = progress;
  if (state === 'awaited')
    await noteWait(store.db, run.runId, `waits for the bars of ${session} from ${flow}: ${lacks ?? ''}`);
  return progress;
}

/** The scheduled ingestion of its source has ended, or not. */
async function progressOf({ db }: Store, { runId, request }: IndicatorsRun): Promise<IngestionProgress> {
  const flow = dailyBarsFlow[request.source];
  const session = (await readRunSessions(db, runId)).range.to;
  const run = await ingestionOf(db, flow, session);
  if (run?.status === 'completed') return { flow, session, state: 'finished', lacks: null };
  if (run === null) return { flow, session, state: 'awaited', lacks: `no run of ${flow} for ${session}` };
  const state = isEnded(run.status) ? 'given_up' : 'awaited';
  const how = isEnded(run.status) ? endings[run.status] : 'has not finished';
  return { flow, session, state, lacks: `${run.workflowId} ${how}` };
}

const endings = { failed: 'has failed', cancelled: 'was cancelled', terminated: 'was terminated' } as const;

function isEnded(status: RunStatus): status is keyof typeof endings {
  return status in endings;
}

/** What the protocol of a run says of its wait; nothing where it neither waited nor lacks anything. */
export function waitEvents({ waitedFor, wentOnWithout }: IngestionWait): readonly RunEvent[] {
  const waited = waitedFor === null ? [] : [`waited ${waitedFor.seconds} s for ${waitedFor.flow}`];
  const without = wentOnWithout === null ? [] : [`goes on without the bars of the session: ${wentOnWithout}`];
  const message = [...waited, ...without].join('; ');
  return message === '' ? [] : [{ level: wentOnWithout === null ? 'info' : 'warn', message }];
}
