import { maintenanceCleanup as flow } from '../src/flows/maintenance-cleanup.ts';
import {
  retainedTables,
  type MaintenanceRequest,
  type MaintenanceSummary,
  type RetainedTable,
} from '../src/runs/maintenance-request.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { deleteExpiredRows, expireRun, finishMaintenance } from './activity-proxies.ts';
import type { Interruption } from './steering.ts';
import { closing, completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';

/** Takes away what is kept for a time only, a piece at a time: no transaction is long, and a pause is heard between two. */
export const maintenanceCleanup: FlowWorkflow<MaintenanceSummary> = endsOnErrors((...args) =>
  conductRun(flow, args, cleanUp),
);

async function cleanUp({
  run,
  policy,
  steering,
}: RunContext<MaintenanceRequest>): Promise<MaintenanceSummary> {
  const deleted: Record<RetainedTable, number> = { run_events: 0 };
  let tablesDone = 0;
  steering.show(() => ({
    phase: 'deleting',
    batchesDone: tablesDone,
    batches: retainedTables.length,
  }));
  steering.limit(steering.workedMs() + policy.timeoutSeconds * 1000);
  const work = async () => {
    for (const table of retainedTables.slice(tablesDone)) {
      let rows: number;
      do {
        rows = await deleteExpiredRows(run.request, table);
        deleted[table] += rows;
        showDetails(`${table}: ${deleted[table]} rows`);
      } while (rows > 0 && !run.request.dryRun);
      tablesDone += 1;
    }
  };
  let interruption: Interruption;
  do {
    interruption = await steering.guard(work);
    await steering.untilRunning();
  } while (interruption === 'interrupted');
  if (interruption === 'expired')
    await steering.within(closing, () => expireRun(run.runId, policy.timeoutSeconds));
  const summary = { dryRun: run.request.dryRun, deleted };
  return completed(steering, () => finishMaintenance(run.runId, summary));
}
