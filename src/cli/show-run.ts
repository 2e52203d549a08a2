import { loadConfig } from '../config.ts';
import type { Database } from '../store/database.ts';
import { childrenOfRun, findRun, loadsOfRun, type ChildRun } from '../store/run-history.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson, printTable } from './output.ts';
import type { JsonOption } from './shared-options.ts';
import { chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { factColumns, factsOf } from './table/facts.ts';
import { countText, durationText } from '../operations/figures.ts';
import { shortRunId, spanText } from './table/run-texts.ts';
import { wallClock } from '../operations/wall-clock.ts';

type Load = Awaited<ReturnType<typeof loadsOfRun>>[number];
type FoundRun = NonNullable<Awaited<ReturnType<typeof findRun>>>;

interface InspectOptions extends JsonOption, TableOptions {
  readonly all?: true;
}

/** Prints one run: what it was asked, what came of it, and its loads; throws `UsageError` where there is no such run. */
export async function inspectRun(id: string, options: InspectOptions): Promise<void> {
  const { displayTimeZone: zone } = loadConfig();
  const columns = loadColumns(zone);
  const choice = chosenColumns(columns, options);
  await withStore(async ({ store, config: { market } }) => {
    const run = await requireRun(store.db, id);
    const loads = await loadsOfRun(store.db, run.run_id);
    const children = await childrenOfRun(store.db, run.run_id);
    if (options.json) {
      printJson({ ...documentOf(run), children, loads: loads.map(loadDocument) }, market);
      return;
    }
    const title = `${run.workflow_id} (${run.run_id}): ${run.status}`;
    const facts = factsOf(knownOf(run, children, zone));
    printTable({ title, market, columns: factColumns, rows: facts }, choice === 'all' ? choice : 'fitting');
    const rows = options.all ? loads : loads.filter(isTroubled);
    const said = options.all ? 'all' : 'failed or partial';
    const titleOfLoads = `loads: ${loads.length}, ${said}: ${rows.length}; times of ${zone}`;
    printTable({ title: titleOfLoads, market, columns, rows, follows: true }, choice);
    if (rows.length < loads.length) note('--all shows the others');
  });
}

const isTroubled = ({ status }: Load) => ['failed', 'partial', 'cancelled'].includes(status);

/** What is known of a run beside its loads: parameters, times, and the counts of its summary. */
function knownOf(run: FoundRun, children: readonly ChildRun[], zone: string): object {
  const { second } = wallClock(zone);
  const { started_at: startedAt, closed_at: closedAt, summary, parameters } = run;
  const counts = Object.entries(summary ?? {}).filter(([, value]) => !Array.isArray(value));
  return {
    'times of': zone,
    started: second(startedAt),
    'started by': run.started_by,
    ...(run.parent_run_id === null ? {} : { 'done for the run': run.parent_run_id }),
    ...(children.length === 0 ? {} : { 'had done beside': children.map(inBrief) }),
    ended: second(closedAt),
    took: closedAt === null ? null : durationText(closedAt.getTime() - startedAt.getTime()),
    sessions: spanText(run.sessions.range),
    'bar requests': run.requests,
    'reference requests': run.lookups,
    parameter:
      'nominalTime' in parameters
        ? { ...parameters, nominalTime: second(String(parameters.nominalTime)) }
        : parameters,
    ...(summary === null ? {} : { summary: Object.fromEntries(counts) }),
  };
}

const inBrief = ({ flow, runId, status }: ChildRun) => `${flow} ${shortRunId(runId)}: ${status}`;

function documentOf(run: FoundRun): object {
  return {
    workflowId: run.workflow_id,
    runId: run.run_id,
    flow: run.flow,
    parentRunId: run.parent_run_id,
    parameters: run.parameters,
    status: run.status,
    startedAt: run.started_at.toISOString(),
    closedAt: run.closed_at?.toISOString() ?? null,
    requests: run.requests,
    lookups: run.lookups,
    summary: run.summary,
  };
}

function loadDocument(load: Load): object {
  return {
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
  };
}

function loadColumns(zone: string): readonly Column<Load>[] {
  const { second } = wallClock(zone);
  return [
    { name: 'symbol', cell: ({ symbol }) => symbol, least: 16 },
    { name: 'status', cell: ({ status }) => status },
    {
      name: 'error',
      cell: ({ error_kind: kind, error_message: message }) =>
        kind === null ? null : `${kind}: ${message ?? ''}`,
      least: 40,
    },
    { name: 'sessions', cell: (load) => spanText({ from: load.range_start, to: load.range_end }), rank: 2 },
    { name: 'records', cell: ({ records_count: count }) => countText(count), right: true, rank: 2 },
    { name: 'changed', cell: ({ changed_count: count }) => countText(count), right: true, rank: 2 },
    { name: 'attempts', cell: ({ attempts }) => countText(attempts), right: true, rank: 3 },
    { name: 'started', cell: ({ started_at: at }) => second(at), rank: 3 },
    { name: 'ended', cell: ({ completed_at: at }) => second(at), rank: 3 },
  ];
}

/** The run of an id; throws `UsageError`. */
export async function requireRun(db: Database, id: string): Promise<FoundRun> {
  const run = await findRun(db, id);
  if (run !== undefined) return run;
  throw new UsageError(`there is no run ${JSON.stringify(id)}`, 'barwright runs list shows the ids');
}
