import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { declarations } from '../../schedules/index.ts';
import { readSchedules } from '../../schedules/read.ts';
import { budgetKey, canBeAsked, loadConfig, type Config, type Market } from '../config.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState, type RuntimeState } from '../runtime/state.ts';
import { withoutPassword, type Database } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
import { readSpent } from '../store/spent-budget.ts';
import { liveWorkers, type WorkerRecord } from '../store/workers.ts';
import { temporalTarget } from '../temporal/connection.ts';
import { pools } from '../flows/pools.ts';
import { onDatabase, onTemporal } from './connections.ts';
import { errorReport } from './errors.ts';
import { marketMark, note, printJson } from './output.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

interface Status {
  readonly ready: boolean;
  readonly market: Market;
  readonly temporal: { readonly address: string | null; readonly ui: string | null; readonly ok: boolean };
  readonly database: { readonly url: string | null; readonly ok: boolean };
  readonly workers: readonly { readonly pool: string; readonly ok: boolean }[];
  /** Well: everything declared is there, paused or not. */
  readonly schedules: { readonly ok: boolean };
  readonly budgets: readonly SourceBudget[];
}

/** Requests of the clock's minute and of the UTC day; null: the day has no limit of its own. */
interface SourceBudget {
  readonly source: SourceName;
  readonly minute: { readonly spent: number; readonly left: number };
  readonly day: { readonly spent: number; readonly left: number | null };
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs, and whether it is well')
    .addOption(jsonOption)
    .action(async ({ json }: JsonOption) => {
      const status = await readStatus();
      // There is no dashboard yet.
      if (json) printJson({ ...status, dashboard: null });
      else printStatus(status);
      if (!status.ready) process.exitCode = 1;
    });
}

async function readStatus(): Promise<Status> {
  const config = loadConfig();
  const state = readState(config.home);
  const market = state?.market ?? config.market;
  const endpoints = endpointsOf(config, state);
  const [{ schedules, ...temporal }, { workers, budgets, ...database }] = await Promise.all([
    temporalStatus(config, state, endpoints),
    databaseStatus(config, endpoints),
  ]);
  const parts = [temporal, database, schedules, ...workers];
  const ready = parts.every(({ ok }) => ok) && (state === null || state.ready);
  return { ready, market, temporal, database, workers, schedules, budgets };
}

async function temporalStatus(
  config: Config,
  state: RuntimeState | null,
  endpoints: Endpoints,
): Promise<Status['temporal'] & Pick<Status, 'schedules'>> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  const ui = config.temporal.external ? null : (state?.temporal?.ui ?? null);
  if (target === null) return { address: null, ui, ok: false, schedules: { ok: false } };
  let missing: readonly string[] | null = null;
  const ok = await isWell(async () => {
    missing = await onTemporal(target, missingSchedules);
  });
  return { address: target.address, ui, ok, schedules: { ok: isNone(missing) } };
}

async function missingSchedules(client: Client): Promise<readonly string[]> {
  const present = new Set((await readSchedules(client)).map(({ id }) => id));
  return declarations.map(({ flow }) => flow).filter((id) => !present.has(id));
}

function isNone(missing: readonly string[] | null): boolean {
  return missing?.length === 0;
}

async function databaseStatus(
  config: Config,
  endpoints: Endpoints,
): Promise<Status['database'] & Pick<Status, 'workers' | 'budgets'>> {
  const { databaseUrl } = endpoints;
  const expected = pools.filter((pool) => config.workers.processes[pool] > 0);
  const none = expected.map((pool) => ({ pool, ok: false }));
  if (databaseUrl === null) return { url: null, ok: false, workers: none, budgets: [] };
  let live: readonly WorkerRecord[] = [];
  let budgets: readonly SourceBudget[] = [];
  const ok = await isWell(() =>
    onDatabase(databaseUrl, 'status', async ({ db }) => {
      await requireMigrated(db);
      live = await liveWorkers(db);
      budgets = await readBudgets(db, config, endpoints);
    }),
  );
  const workers = expected.map((pool) => ({ pool, ok: live.some((worker) => worker.pool === pool) }));
  return { url: withoutPassword(databaseUrl), ok, workers, budgets };
}

async function readBudgets(
  db: Database,
  config: Config,
  { baseUrls }: Endpoints,
): Promise<readonly SourceBudget[]> {
  const asked = sourceNames.filter((source) => canBeAsked(config, source));
  return Promise.all(
    asked.map(async (source) => {
      const { requestsPerMinute, requestsPerDay } = config.sources[source];
      const { minute, day } = await readSpent(db, budgetKey(config, source, baseUrls[source]));
      const left = (quota: number, spent: number) => Math.max(0, Math.floor(quota) - spent);
      return {
        source,
        minute: { spent: minute, left: left(requestsPerMinute, minute) },
        day: { spent: day, left: requestsPerDay === null ? null : left(requestsPerDay, day) },
      };
    }),
  );
}

async function isWell(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    note(`barwright: ${errorReport(error).message}`);
    return false;
  }
}

function printStatus({ ready, market, temporal, database, workers, schedules, budgets }: Status): void {
  const mark = (ok: boolean) => (ok ? 'ok' : 'NOT WELL');
  const lines = [
    `${marketMark(market)}${ready ? 'ready' : 'not ready'} (${market} market)`,
    `Temporal    ${mark(temporal.ok)}  ${temporal.address ?? 'not running'}  ${temporal.ui ?? ''}`,
    `PostgreSQL  ${mark(database.ok)}  ${database.url ?? 'not running'}`,
    ...workers.map(({ pool, ok }) => `worker      ${mark(ok)}  ${pool}`),
    `schedules   ${mark(schedules.ok)}  ${schedules.ok ? 'barwright schedules list' : 'barwright schedules apply'}`,
    ...budgets.map(budgetLine),
    ...(ready ? [] : ['start what is missing with barwright up']),
  ];
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}

function budgetLine({ source, minute, day }: SourceBudget): string {
  const left = day.left === null ? '' : `, ${day.left} left`;
  return `requests    ${source}: ${minute.spent} this minute, ${minute.left} left; ${day.spent} this day${left}`;
}
