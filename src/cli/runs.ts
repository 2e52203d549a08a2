import type { Command } from 'commander';
import type { RunFailure } from '../domain/load-error.ts';
import { cutText } from '../domain/storable-text.ts';
import { recentRuns } from '../store/run-history.ts';
import { withStore, type StoreContext } from './context.ts';
import { marketMark, printJson, printTable } from './output.ts';
import { parseCount } from './parameters.ts';
import { addRangeOptions, jsonOption, parseRange } from './shared-options.ts';
import type { JsonOption, RangeOptions } from './shared-options.ts';
import { inspectRun, printLogs } from './show-run.ts';
import { orderRun } from './steer-run.ts';

export function addRunsCommand(program: Command): void {
  const runs = program.command('runs').description('what ran, what it did, what it said');
  runs
    .command('list')
    .description('runs, newest first')
    .option('--limit <count>', 'no more than that', '50')
    .addOption(jsonOption)
    .action((options: JsonOption & { readonly limit: string }) =>
      withStore((context) => listRuns(context, parseCount('--limit', options.limit, 1), options)),
    );
  runs
    .command('inspect <id>')
    .description('one run with its loads, by run id or workflow id')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption) => withStore((context) => inspectRun(context, id, options)));
  runs
    .command('logs <id>')
    .description('what a run said of itself')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption) => withStore((context) => printLogs(context, id, options)));
  for (const verb of ['pause', 'resume', 'cancel'] as const) {
    runs
      .command(`${verb} <id>`)
      .description(`${verb} a running run, by run id or workflow id`)
      .addOption(jsonOption)
      .action((id: string, options: JsonOption) => orderRun(id, { verb }, options));
  }
  addRangeOptions(runs.command('change <id>'))
    .description('give a running backfill another range')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption & RangeOptions) =>
      orderRun(id, { verb: 'change', range: parseRange(options) }, options),
    );
}

async function listRuns({ store, config }: StoreContext, limit: number, { json }: JsonOption): Promise<void> {
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
    ['run id', 'workflow id', 'status', 'started', 'closed', 'error'],
    runs.map(({ runId, workflowId, status, startedAt, closedAt, summary }) => [
      runId,
      workflowId,
      status,
      startedAt,
      closedAt,
      errorOf(summary),
    ]),
  );
}

const shownError = 80;

/** What ended a run as a whole, cut; null: nothing did. */
function errorOf(summary: object | null): string | null {
  const { error } = (summary ?? {}) as { readonly error?: RunFailure };
  return error === undefined ? null : cutText(error.message, shownError);
}
