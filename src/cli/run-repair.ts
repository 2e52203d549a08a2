import { WorkflowFailedError } from '@temporalio/client';
import type { repairGaps } from '../../workflows/repair-gaps.ts';
import type { DateRange } from '../domain/date-range.ts';
import { flows } from '../flows/index.ts';
import { repairGaps as flow } from '../flows/gap-flows.ts';
import type { RepairPlan } from '../operations/preview-repair.ts';
import { startRepair } from '../operations/start-repair.ts';
import type { RepairSummary } from '../runs/repair-summary.ts';
import { runsBelow } from '../store/load-runs.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { loadConfig } from '../config.ts';
import { withWorkers, type WorkerContext } from './context.ts';
import { RunFailed } from './errors.ts';
import { note, printJson } from './output.ts';
import { printRepair } from './print-repair.ts';
import { showProgress } from './progress.ts';
import { rootMessage } from './run-flow.ts';
import { requireSource } from './same-environment.ts';
import type { ColumnChoice } from './table/column.ts';

interface RepairWish {
  readonly names: readonly string[] | null;
  readonly range: DateRange | null;
}

/** Has what lacks asked for, and waits for the first answer to it; the exit code says whether any remains. */
export async function runRepair(
  { runs }: RepairPlan,
  { names, range }: RepairWish,
  { choice, json }: { readonly choice: ColumnChoice; readonly json: boolean },
): Promise<void> {
  const config = loadConfig();
  for (const { flow: name } of runs) {
    const { asks } = flows[name];
    if (asks !== null) requireSource(config, asks);
  }
  await withWorkers(flow.pool, null, async (operating) => {
    const parameters = {
      ...(names === null ? {} : { symbols: names }),
      ...(range === null ? {} : { startDate: range.from, endDate: range.to }),
    };
    const { client } = operating;
    const started = await startRepair({ client, config, startedBy: clientIdentity() }, parameters);
    const { workflowId, runId, joined } = started;
    note(`${joined ? 'joined the running' : 'started'} ${workflowId}; Ctrl-C leaves it running`);
    const summary = await outcomeOfRepair(operating, started);
    const { market } = config;
    if (json) printJson({ ...summary, workflowId, runId }, market);
    else printRepair(summary, { title: workflowId, market, choice });
    if (summary.remains > 0 || summary.runs.some(({ error }) => error !== null)) process.exitCode = 1;
  });
}

async function outcomeOfRepair(
  { client, store: { db } }: WorkerContext,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<RepairSummary> {
  const stop = showProgress({ db, runId, reason: () => Promise.resolve(null), progress: runsBelow });
  const handle = client.workflow.getHandle<typeof repairGaps>(workflowId, undefined, {
    firstExecutionRunId: runId,
  });
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new RunFailed(`${workflowId} failed: ${rootMessage(error)}`, runId, { cause: error });
  } finally {
    await stop();
  }
}
