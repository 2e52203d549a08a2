import type { Database } from '../store/database.ts';
import { readRunEvents } from '../store/run-events.ts';
import { findRun, loadsOfRun } from '../store/run-history.ts';
import type { StoreContext } from './context.ts';
import { UsageError } from './errors.ts';
import { marketMark, printJson, printTable } from './output.ts';
import type { JsonOption } from './shared-options.ts';

/** Prints one run with its loads; throws `UsageError` where there is no such run. */
export async function inspectRun(
  { store, config }: StoreContext,
  id: string,
  { json }: JsonOption,
): Promise<void> {
  const run = await requireRun(store.db, id);
  const loads = (await loadsOfRun(store.db, run.run_id)).map((load) => ({
    symbol: load.symbol,
    dataSource: load.data_source,
    interval: load.interval,
    rangeStart: load.range_start,
    rangeEnd: load.range_end,
    recordsCount: load.records_count,
    changedCount: load.changed_count,
    status: load.status,
    errorKind: load.error_kind,
    errorMessage: load.error_message,
    attempts: load.attempts,
    startedAt: load.started_at?.toISOString() ?? null,
    completedAt: load.completed_at?.toISOString() ?? null,
  }));
  if (json) {
    printJson({
      workflowId: run.workflow_id,
      runId: run.run_id,
      flow: run.flow,
      parameters: run.parameters,
      status: run.status,
      startedAt: run.started_at.toISOString(),
      closedAt: run.closed_at?.toISOString() ?? null,
      requests: run.requests,
      lookups: run.lookups,
      summary: run.summary,
      loads,
    });
    return;
  }
  process.stdout.write(`${marketMark(config.market)}${run.workflow_id} (${run.run_id}): ${run.status}\n`);
  process.stdout.write(`${run.requests} bar requests, ${run.lookups} reference requests\n`);
  printTable(
    ['symbol', 'from', 'to', 'status', 'records', 'changed', 'error'],
    loads.map((load) => [
      load.symbol,
      load.rangeStart,
      load.rangeEnd,
      load.status,
      load.recordsCount,
      load.changedCount,
      load.errorKind === null ? null : `${load.errorKind}: ${load.errorMessage ?? ''}`,
    ]),
  );
}

/** Prints what one run said of itself; throws `UsageError` where there is no such run. */
export async function printLogs({ store }: StoreContext, id: string, { json }: JsonOption): Promise<void> {
  const { run_id } = await requireRun(store.db, id);
  const events = (await readRunEvents(store.db, run_id)).map(({ at, ...event }) => ({
    at: at.toISOString(),
    ...event,
  }));
  if (json) {
    printJson({ runId: run_id, events });
    return;
  }
  for (const { at, level, symbol, message, data } of events) {
    const detail = data === null ? '' : ` ${JSON.stringify(data)}`;
    process.stdout.write(
      `${at} ${level.padEnd(5)} ${symbol === null ? '' : `${symbol}: `}${message}${detail}\n`,
    );
  }
}

async function requireRun(db: Database, id: string) {
  const run = await findRun(db, id);
  if (run !== undefined) return run;
  throw new UsageError(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
}
