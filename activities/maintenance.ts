import { addDays } from '../src/domain/date-range.ts';
import { exchangeDate } from '../src/domain/exchange-time.ts';
import type {
  MaintenanceRequest,
  MaintenanceSummary,
  RetainedTable,
} from '../src/runs/maintenance-request.ts';
import { closeCounted } from '../src/pipelines/closing/count-ended.ts';
import type { Store } from '../src/store/database.ts';
import { countExpired, deleteExpired } from '../src/store/retention.ts';
import { addRunEvents } from '../src/store/run-events.ts';

export interface MaintenanceDeps {
  readonly store: Store;
  /** Rows of one transaction. */
  readonly rowsAtOnce?: number;
}

export function createMaintenanceActivities({ store, rowsAtOnce = 20_000 }: MaintenanceDeps) {
  return {
    /** Deletes a piece of what has expired in a table and returns its rows, 0 at the end; a dry run counts all of it. */
    async deleteExpiredRows(
      { nominalTime, retentionDays, dryRun }: MaintenanceRequest,
      table: RetainedTable,
    ): Promise<number> {
      const before = addDays(exchangeDate(Date.parse(nominalTime)), -retentionDays[table]);
      if (dryRun) return countExpired(store.db, table, before);
      return deleteExpired(store.db, { table, before, limit: rowsAtOnce });
    },

    /** Completes the run. */
    async finishMaintenance(runId: string, summary: MaintenanceSummary): Promise<MaintenanceSummary> {
      await closeCounted(store.db, runId, { status: 'completed', summary });
      const { deleted, dryRun } = summary;
      const rows = Object.entries(deleted).map(([table, count]) => `${count} rows of ${table}`);
      const message = `completed: ${rows.join(', ')} ${dryRun ? 'would go' : 'are gone'}`;
      await addRunEvents(store.db, runId, [{ level: 'info', message, data: summary }]);
      return summary;
    },
  };
}

export type MaintenanceActivities = ReturnType<typeof createMaintenanceActivities>;
