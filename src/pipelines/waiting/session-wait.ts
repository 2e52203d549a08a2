import type { SessionDate } from '../../domain/session.ts';
import { sourceNames } from '../../domain/source.ts';
import { dailyBarsFlow } from '../../flows/index.ts';
import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { AwaitedIngestion } from '../../runs/indicators-summary.ts';
import type { ValidationRun } from '../../runs/validation-request.ts';
import type { Store } from '../../store/database.ts';
import { noteWait } from '../../store/open-runs.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { barsProgress, validationProgress, wholeIngestionProgress } from './awaited-runs.ts';
import { progressOfAll, type Progress } from './progress.ts';

/** How far is what a run of a session waits for. */
export interface SessionProgress extends Progress {
  /** Of the run that is waited for; of several the names together. */
  readonly flow: string;
  readonly session: SessionDate;
}

/** What a run waited for, and what it went on without. */
export interface SessionWait {
  readonly waitedFor: AwaitedIngestion | null;
  readonly wentOnWithout: string | null;
}

/**
 * Whether the daily bars of a run's session have come from its source, and have been judged; while the run waits for
 * that, it says so.
 */
export async function indicatorsWait(
  { db }: Store,
  { runId, request: { source } }: IndicatorsRun,
): Promise<SessionProgress> {
  const session = await lastSessionOf(db, runId);
  const bars = await barsProgress(db, source, session);
  // Nobody judges what does not come.
  const parts = bars.state === 'given_up' ? [bars] : [bars, await validationProgress(db, session)];
  return told(db, runId, { ...progressOfAll(parts), flow: dailyBarsFlow[source], session });
}

/** Whether the daily bars of a run's session have come from every source, with their corporate actions. */
export async function validationWait({ db }: Store, { runId }: ValidationRun): Promise<SessionProgress> {
  const session = await lastSessionOf(db, runId);
  const parts: Progress[] = [];
  for (const source of sourceNames) parts.push(await wholeIngestionProgress(db, source, session));
  const flow = sourceNames.map((source) => dailyBarsFlow[source]).join(', ');
  return told(db, runId, { ...progressOfAll(parts), flow, session });
}

async function lastSessionOf(db: Store['db'], runId: string): Promise<SessionDate> {
  return (await readRunSessions(db, runId)).range.to;
}

async function told(db: Store['db'], runId: string, progress: SessionProgress): Promise<SessionProgress> {
  const { state, flow, session, lacks } = progress;
  if (state === 'awaited')
    await noteWait(db, runId, `waits for the bars of ${session} from ${flow}: ${lacks ?? ''}`);
  return progress;
}

/** What the protocol of a run says of its wait; nothing where it neither waited nor lacks anything. */
export function waitEvents({ waitedFor, wentOnWithout }: SessionWait): readonly RunEvent[] {
  const waited = waitedFor === null ? [] : [`waited ${waitedFor.seconds} s for ${waitedFor.flow}`];
  const without = wentOnWithout === null ? [] : [`goes on without what it waited for: ${wentOnWithout}`];
  const message = [...waited, ...without].join('; ');
  return message === '' ? [] : [{ level: wentOnWithout === null ? 'info' : 'warn', message }];
}
