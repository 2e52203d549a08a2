import type { Command } from 'commander';
import { declarations } from '../../schedules/index.ts';
import { readSchedules, type ScheduleView } from '../../schedules/read.ts';
import { loadConfig, type Config, type Market } from '../config.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState, type RuntimeState } from '../runtime/state.ts';
import { bareUrl } from '../domain/bare-url.ts';
import { readBudgets, type BudgetFigures } from '../operations/read-budgets.ts';
import { requireMigrated } from '../store/migrate.ts';
import { lastResults, type LastResult } from '../store/run-history.ts';
import { liveWorkers, type WorkerRecord } from '../store/workers.ts';
import { temporalTarget } from '../temporal/connection.ts';
import { stuckWorkflows, type StuckWorkflow } from '../temporal/stuck-workflows.ts';
import { pools } from '../flows/pools.ts';
import { onDatabase, onTemporal } from './connections.ts';
import { errorReport } from './errors.ts';
import { note, printJson } from './output.ts';
import { printStatus } from './print-status.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

/** What runs on an installation, whether it is well, what is next, and what the last runs came to. */
export interface Status {
  readonly ready: boolean;
  readonly market: Market;
  readonly temporal: { readonly address: string | null; readonly ui: string | null; readonly ok: boolean };
  readonly database: { readonly url: string | null; readonly ok: boolean };
  readonly workers: readonly { readonly pool: string; readonly ok: boolean }[];
  /** Well: everything declared is there, paused or not. */
  readonly schedules: { readonly ok: boolean };
  readonly nextRuns: readonly NextRun[];
  /** Workflows that fail again and again, or that nobody serves, and what to do about each. */
  readonly stuck: readonly StuckWorkflow[];
  readonly lastResults: readonly LastResult[];
  readonly budgets: readonly BudgetFigures[];
}

interface NextRun {
  readonly id: string;
  /** ISO 8601; null while it is paused. */
  readonly nextRunAt: string | null;
  readonly paused: boolean;
  readonly note: string | null;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs, and whether it is well')
    .addOption(jsonOption)
    .action(async ({ json }: JsonOption) => {
      const status = await readStatus();
      // There is no dashboard yet.
      if (json) printJson({ ...status, dashboard: null }, status.market);
      else printStatus(status, loadConfig().displayTimeZone);
      if (!status.ready) process.exitCode = 1;
    });
}

async function readStatus(): Promise<Status> {
  const config = loadConfig();
  const state = readState(config.home);
  const market = state?.market ?? config.market;
  const endpoints = endpointsOf(config, state);
  const [{ schedules, nextRuns, stuck, ...temporal }, { workers, results, budgets, ...database }] =
    await Promise.all([temporalStatus(config, state, endpoints), databaseStatus(config, endpoints)]);
  const parts = [temporal, database, schedules, ...workers];
  const ready = parts.every(({ ok }) => ok) && stuck.length === 0 && (state === null || state.ready);
  const found = { schedules, nextRuns, stuck, lastResults: results, budgets };
  return { ready, market, temporal, database, workers, ...found };
}

async function temporalStatus(
  config: Config,
  state: RuntimeState | null,
  endpoints: Endpoints,
): Promise<Status['temporal'] & Pick<Status, 'schedules' | 'nextRuns' | 'stuck'>> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  const ui = config.temporal.external ? null : (state?.temporal?.ui ?? null);
  if (target === null)
    return { address: null, ui, ok: false, schedules: { ok: false }, nextRuns: [], stuck: [] };
  let found: readonly ScheduleView[] | null = null;
  let stuck: readonly StuckWorkflow[] = [];
  const ok = await isWell(async () => {
    await onTemporal(target, async (client) => {
      found = await readSchedules(client);
      stuck = await stuckWorkflows(client, config.taskQueues);
    });
  });
  return { address: target.address, ui, ok, ...scheduleStatus(found), stuck };
}

/** Null: they could not be read. */
function scheduleStatus(found: readonly ScheduleView[] | null): Pick<Status, 'schedules' | 'nextRuns'> {
  const present = new Set((found ?? []).map(({ id }) => id));
  const ok = found !== null && declarations.every(({ flow }) => present.has(flow));
  const nextRuns = (found ?? []).map(({ id, nextRunAt, paused, note: reason }) => {
    return { id, nextRunAt, paused, note: reason };
  });
  return { schedules: { ok }, nextRuns };
}

interface DatabaseStatus extends Pick<Status, 'workers' | 'budgets'> {
  readonly url: string | null;
  readonly ok: boolean;
  readonly results: readonly LastResult[];
}

async function databaseStatus(config: Config, { databaseUrl, baseUrls }: Endpoints): Promise<DatabaseStatus> {
  const expected = pools.filter((pool) => config.workers.processes[pool] > 0);
  const none = expected.map((pool) => ({ pool, ok: false }));
  if (databaseUrl === null) return { url: null, ok: false, workers: none, results: [], budgets: [] };
  let live: readonly WorkerRecord[] = [];
  let results: readonly LastResult[] = [];
  let budgets: readonly BudgetFigures[] = [];
  const ok = await isWell(() =>
    onDatabase(databaseUrl, 'status', async ({ db }) => {
      await requireMigrated(db);
      live = await liveWorkers(db);
      results = await lastResults(db);
      budgets = await readBudgets({ db, config }, baseUrls);
    }),
  );
  const workers = expected.map((pool) => ({ pool, ok: live.some((worker) => worker.pool === pool) }));
  return { url: bareUrl(databaseUrl), ok, workers, results, budgets };
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
