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
import { note, printJson } from './output.ts';
import { printRepair } from './print-repair.ts';
import { awaitResult } from './run-flow.ts';
import { requireSource } from '../operations/same-environment.ts';
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

function outcomeOfRepair(
  operating: WorkerContext,
  started: { readonly workflowId: string; readonly runId: string },
): Promise<RepairSummary> {
  return awaitResult(operating, started, { reason: () => Promise.resolve(null), progress: runsBelow });
}
