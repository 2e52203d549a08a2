import type { Store } from '../../src/store/database.ts';

/** What tells of runs. */
export const ledgerTables = ['load_requests', 'load_runs', 'run_events', 'runs'];
/** What daily runs bring. */
export const dailyTables = ['daily_bars', 'bar_revisions', 'bar_absences', 'market_days', 'coverage_months'];

/** Takes every row out of tables of the market. For the few that tests write that is much faster than to truncate. */
export async function emptyTables(store: Store, tables: readonly string[]): Promise<void> {
  const deletions = tables.map((table) => `delete from market.${table};`).join('\n');
  const client = await store.connect();
  try {
    // All that is meant goes: nobody has to look after references.
    await client.query(`begin; set local session_replication_role = replica;\n${deletions}\ncommit;`);
  } finally {
    client.release();
  }
}
