import { maintenanceCleanup as flow } from '../src/flows/maintenance-cleanup.ts';
import {
  retainedTables,
  type MaintenanceRequest,
  type MaintenanceSummary,
  type RetainedTable,
} from '../src/runs/maintenance-request.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { deleteExpiredRows, finishMaintenance } from './activity-proxies.ts';
import { completed } from './run-end.ts';
import { conductRun, type FlowWorkflow, type RunContext } from './run-lifecycle.ts';
import { workThrough } from './work-through.ts';

/** Takes away what is kept for a time only, a piece at a time: no transaction is long, and a pause is heard between two. */
export const maintenanceCleanup: FlowWorkflow<MaintenanceSummary> = endsOnErrors((...args) =>
  conductRun(flow, args, cleanUp),
);

async function cleanUp(context: RunContext<MaintenanceRequest>): Promise<MaintenanceSummary> {
  const { run, steering } = context;
  const deleted: Record<RetainedTable, number> = { run_events: 0 };
  let tablesDone = 0;
  steering.show(() => ({
    phase: 'deleting',
    batchesDone: tablesDone,
    batches: retainedTables.length,
  }));
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
  await workThrough(context, work);
  const summary = { dryRun: run.request.dryRun, deleted };
  return completed(steering, () => finishMaintenance(run.runId, summary));
}
