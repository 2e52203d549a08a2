import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { z } from 'zod';
import { flows, type FlowName } from '../flows/index.ts';
import type { Config } from '../config.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from '../store/database.ts';
import { liveWorkers } from '../store/workers.ts';
import { readBudgetHold } from './read-budgets.ts';
import type { StartedRun } from './start-run.ts';
import { wallClock } from './wall-clock.ts';

/** What the query `runProgress` says of it. */
const progressSchema = z.object({
  phase: z.string(),
  paused: z.boolean(),
  waits: z.object({ what: z.string(), until: z.string().nullable() }).nullish(),
});
type RunProgressAnswer = z.output<typeof progressSchema>;

const queryMs = 2_000;

interface WaitDeps {
  readonly client: Client;
  readonly db: Database;
  readonly config: Config;
  /** Where each source is asked. */
  readonly baseUrls: Readonly<Record<SourceName, string | null>>;
}

/** Why a run does not move, for a person; null: nothing is known to hold it up. */
export async function waitReason(
  { client, db, config, baseUrls }: WaitDeps,
  flow: FlowName,
  run: StartedRun,
): Promise<string | null> {
  const { pool, asks } = flows[flow];
  const { second } = wallClock(config.displayTimeZone);
  const until = (instant: string | null) =>
    instant === null ? '' : `, until ${second(instant)} ${config.displayTimeZone}`;
  const progress = await queryProgress(client, run);
  if (progress?.paused) return `paused: barwright runs resume ${run.runId}`;
  if (progress?.waits) return `waits for ${progress.waits.what}${until(progress.waits.until)}`;
  if ((await liveWorkers(db, pool)).length === 0) return `waits for a worker of the pool ${pool}`;
  const hold = asks === null ? null : await readBudgetHold({ db, config }, asks, baseUrls[asks]);
  if (hold === null) return progress === null ? null : `${progress.phase}: not done yet`;
  return hold.refused
    ? `${asks} has refused: nothing is asked${until(hold.until)}`
    : `waits for a slot of ${asks}'s budget${until(hold.until)}`;
}

/** Null where the run does not answer: no worker is there, or it has just ended. */
async function queryProgress(client: Client, run: StartedRun): Promise<RunProgressAnswer | null> {
  const { workflowId, runId } = run;
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: runId });
  try {
    const answer: unknown = await client.withDeadline(Date.now() + queryMs, () =>
      handle.query('runProgress'),
    );
    return progressSchema.safeParse(answer).data ?? null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isUnanswered(error)) return null;
    throw error;
  }
}

/** A query needs a worker: without one it is not answered in time, or refused. */
function isUnanswered(error: unknown): boolean {
  return (
    error instanceof Error && /^(ServiceError|QueryNotRegisteredError|QueryRejectedError)$/.test(error.name)
  );
}
