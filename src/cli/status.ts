import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { declarations } from '../../schedules/index.ts';
import { readSchedules } from '../../schedules/read.ts';
import { loadConfig, type Config, type Market } from '../config.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState, type RuntimeState } from '../runtime/state.ts';
import { withoutPassword } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
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
  const [{ schedules, ...temporal }, { workers, ...database }] = await Promise.all([
    temporalStatus(config, state, endpoints),
    databaseStatus(config, endpoints),
  ]);
  const parts = [temporal, database, schedules, ...workers];
  const ready = parts.every(({ ok }) => ok) && (state === null || state.ready);
  return { ready, market, temporal, database, workers, schedules };
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
  { databaseUrl }: Endpoints,
): Promise<Status['database'] & Pick<Status, 'workers'>> {
  const expected = pools.filter((pool) => config.workers.processes[pool] > 0);
  const none = expected.map((pool) => ({ pool, ok: false }));
  if (databaseUrl === null) return { url: null, ok: false, workers: none };
  let live: readonly WorkerRecord[] = [];
  const ok = await isWell(() =>
    onDatabase(databaseUrl, 'status', async ({ db }) => {
      await requireMigrated(db);
      live = await liveWorkers(db);
    }),
  );
  const workers = expected.map((pool) => ({ pool, ok: live.some((worker) => worker.pool === pool) }));
  return { url: withoutPassword(databaseUrl), ok, workers };
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

function printStatus({ ready, market, temporal, database, workers, schedules }: Status): void {
  const mark = (ok: boolean) => (ok ? 'ok' : 'NOT WELL');
  const lines = [
    `${marketMark(market)}${ready ? 'ready' : 'not ready'} (${market} market)`,
    `Temporal    ${mark(temporal.ok)}  ${temporal.address ?? 'not running'}  ${temporal.ui ?? ''}`,
    `PostgreSQL  ${mark(database.ok)}  ${database.url ?? 'not running'}`,
    ...workers.map(({ pool, ok }) => `worker      ${mark(ok)}  ${pool}`),
    `schedules   ${mark(schedules.ok)}  ${schedules.ok ? 'barwright schedules list' : 'barwright schedules apply'}`,
    ...(ready ? [] : ['start what is missing with barwright up']),
  ];
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}
