import type { Command } from 'commander';
import type { Database } from '../store/database.ts';
import { readRunEvents } from '../store/run-events.ts';
import { findRun, loadsOfRun, recentRuns } from '../store/run-history.ts';
import { withStore, type StoreContext } from './context.ts';
import { UsageError } from './errors.ts';
import { marketMark, printJson, printTable } from './output.ts';
import { addRangeOptions, parseCount, parseRange, type RangeOptions } from './parameters.ts';
import { orderRun } from './steer-run.ts';

interface Options {
  readonly json?: true;
}

export function addRunsCommand(program: Command): void {
  const runs = program.command('runs').description('what ran, what it did, what it said');
  runs
    .command('list')
    .description('runs, newest first')
    .option('--limit <count>', 'no more than that', '50')
    .option('--json', 'one JSON document')
    .action((options: Options & { readonly limit: string }) =>
      withStore((context) => listRuns(context, parseCount('--limit', options.limit, 1), options)),
    );
  runs
    .command('inspect <id>')
    .description('one run with its loads, by run id or workflow id')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options) => withStore((context) => inspectRun(context, id, options)));
  runs
    .command('logs <id>')
    .description('what a run said of itself')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options) => withStore((context) => printLogs(context, id, options)));
  for (const verb of ['pause', 'resume', 'cancel'] as const) {
    runs
      .command(`${verb} <id>`)
      .description(`${verb} a running run, by run id or workflow id`)
      .option('--json', 'one JSON document')
      .action((id: string, options: Options) => orderRun(id, { verb }, options));
  }
  addRangeOptions(runs.command('change <id>'))
    .description('give a running backfill another range')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options & RangeOptions) =>
      orderRun(id, { verb: 'change', range: parseRange(options) }, options),
    );
}

async function listRuns({ store, config }: StoreContext, limit: number, { json }: Options): Promise<void> {
  const runs = (await recentRuns(store.db, limit)).map((run) => ({
    workflowId: run.workflow_id,
    runId: run.run_id,
    flow: run.flow,
    status: run.status,
    startedAt: run.started_at.toISOString(),
    closedAt: run.closed_at?.toISOString() ?? null,
    summary: run.summary,
  }));
  if (json) {
    printJson({ runs });
    return;
  }
  process.stdout.write(`${marketMark(config.market)}runs\n`);
  printTable(
    ['run id', 'workflow id', 'status', 'started', 'closed'],
    runs.map(({ runId, workflowId, status, startedAt, closedAt }) => [
      runId,
      workflowId,
      status,
      startedAt,
      closedAt,
    ]),
  );
}

async function requireRun(db: Database, id: string) {
  const run = await findRun(db, id);
  if (run !== undefined) return run;
  throw new UsageError(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
}

async function inspectRun({ store, config }: StoreContext, id: string, { json }: Options): Promise<void> {
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

async function printLogs({ store }: StoreContext, id: string, { json }: Options): Promise<void> {
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
