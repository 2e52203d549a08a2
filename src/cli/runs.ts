import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { isCalendarDate } from '../domain/date-range.ts';
import { runFlowNames } from '../flows/run-flows.ts';
import { recentRuns, type ListedRun, type RunsWish } from '../store/run-history.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { followLogs } from './follow-logs.ts';
import { printJson, printTable } from './output.ts';
import { parseChoice, parseCount } from './parameters.ts';
import type { RunFailure } from '../domain/load-error.ts';
import { cutText } from '../domain/storable-text.ts';
import { addRangeOptions, jsonOption, parseRange } from './shared-options.ts';
import type { JsonOption, RangeOptions } from './shared-options.ts';
import { inspectRun } from './show-run.ts';
import { orderRun } from './steer-run.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { countText, durationText } from '../operations/figures.ts';
import { shortRunId, spanText } from './table/run-texts.ts';
import { wallClock } from '../operations/wall-clock.ts';

const statuses = [
  'running',
  'paused',
  'cancelling',
  'completed',
  'failed',
  'cancelled',
  'terminated',
] as const;

export function addRunsCommand(program: Command): void {
  const runs = program.command('runs').description('what ran, what it did, what it said');
  addTableOptions(runs.command('list'))
    .description('runs, newest first')
    .option(
      '--flow <flow>',
      'only those of a flow, or of what runs have done beside, such as sync-corporate-actions',
    )
    .option('--status <status>', `only those that are ${statuses.join(', ')}`)
    .option('--since <date>', 'only those that were started on that day or later')
    .option('--limit <count>', 'no more than that', '50')
    .addOption(jsonOption)
    .action(listRuns);
  addTableOptions(runs.command('inspect <id>'))
    .description('one run: what it was asked, what came of it, and its loads, by run id or workflow id')
    .option('--all', 'every load, not only those that failed or are partial')
    .addOption(jsonOption)
    .action(inspectRun);
  runs
    .command('logs <id>')
    .description('what a run said of itself')
    .option('--follow', 'go on until it ends')
    .addOption(jsonOption)
    .action(followLogs);
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

interface ListOptions extends JsonOption, TableOptions {
  readonly flow?: string;
  readonly status?: string;
  readonly since?: string;
  readonly limit: string;
}

async function listRuns(options: ListOptions): Promise<void> {
  const { displayTimeZone: zone } = loadConfig();
  const columns = columnsIn(zone, new Date());
  const choice = chosenColumns(columns, options);
  const wish = wishOf(options, zone);
  await withStore(async ({ store, config: { market } }) => {
    const runs = await recentRuns(store.db, wish);
    if (options.json) printJson({ runs: runs.map(documentOf) }, market);
    else printTable({ title: `runs; times of ${zone}`, market, columns, rows: runs }, choice);
  });
}

function wishOf({ flow, status, since, limit }: ListOptions, zone: string): RunsWish {
  if (since !== undefined && !isCalendarDate(since)) {
    throw new UsageError(`--since ${JSON.stringify(since)} is not a calendar date`, 'write it as YYYY-MM-DD');
  }
  return {
    flow: flow === undefined ? null : parseChoice('--flow', flow, runFlowNames),
    status: status === undefined ? null : parseChoice('--status', status, statuses),
    since: since === undefined ? null : { date: since, zone },
    limit: parseCount('--limit', limit, 1),
  };
}

function documentOf({ workflowId, runId, flow, status, startedAt, closedAt, summary }: ListedRun): object {
  const closed = closedAt?.toISOString() ?? null;
  return { workflowId, runId, flow, status, startedAt: startedAt.toISOString(), closedAt: closed, summary };
}

function columnsIn(zone: string, now: Date): readonly Column<ListedRun>[] {
  const { minute } = wallClock(zone);
  return [
    { name: 'run', cell: ({ runId }) => shortRunId(runId) },
    { name: 'flow', cell: ({ flow }) => flow, least: 18 },
    { name: 'session', cell: ({ sessions }) => spanText(sessions.range) },
    { name: 'status', cell: ({ status }) => status },
    { name: 'symbols', cell: ({ symbols }) => countText(symbols), right: true, rank: 2 },
    { name: 'failed', cell: ({ failed }) => countText(failed), right: true },
    { name: 'changed', cell: ({ changed }) => countText(changed), right: true, rank: 2 },
    { name: 'requests', cell: ({ requests }) => countText(requests), right: true, rank: 3 },
    {
      name: 'took',
      cell: ({ startedAt, closedAt }) => durationText((closedAt ?? now).getTime() - startedAt.getTime()),
      right: true,
      rank: 2,
    },
    { name: 'started', cell: ({ startedAt }) => minute(startedAt), rank: 3 },
    { name: 'by whom', cell: ({ startedBy }) => startedBy, rank: 3, least: 12 },
    { name: 'error', cell: ({ summary }) => errorOf(summary), rank: 3, least: 24 },
    { name: 'workflow id', cell: ({ workflowId }) => workflowId, rank: 3, least: 40 },
  ];
}

const shownError = 80;

/** What ended a run as a whole, cut; null: nothing did. */
function errorOf(summary: object | null): string | null {
  const { error } = (summary ?? {}) as { readonly error?: RunFailure };
  return error === undefined ? null : cutText(error.message, shownError);
}
