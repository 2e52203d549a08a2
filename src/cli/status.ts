import type { Command } from 'commander';
import { loadConfig, type Config, type Market } from '../config.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState, type RuntimeState } from '../runtime/state.ts';
import { openStore, requireConnection, withoutPassword } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
import { liveWorkers } from '../store/workers.ts';
import { connectClient, temporalTarget } from '../temporal/connection.ts';
import { pools } from '../temporal/names.ts';
import { errorReport } from './errors.ts';
import { marketMark, note, printJson } from './output.ts';

interface Status {
  readonly ready: boolean;
  readonly market: Market;
  readonly temporal: { readonly address: string | null; readonly ui: string | null; readonly ok: boolean };
  readonly database: { readonly url: string | null; readonly ok: boolean };
  readonly workers: readonly { readonly pool: string; readonly ok: boolean }[];
  /** Null: this installation does not have them yet. */
  readonly schedules: null;
  readonly dashboard: null;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs, and whether it is well')
    .option('--json', 'one JSON document')
    .action(async ({ json }: { readonly json?: true }) => {
      const status = await readStatus();
      if (json) printJson(status);
      else printStatus(status);
      if (!status.ready) process.exitCode = 1;
    });
}

async function readStatus(): Promise<Status> {
  const config = loadConfig();
  const state = readState(config.home);
  const market = state?.market ?? config.market;
  const endpoints = endpointsOf(config, state);
  const [temporal, { workers, ...database }] = await Promise.all([
    temporalStatus(config, state, endpoints),
    databaseStatus(endpoints),
  ]);
  const ready =
    temporal.ok && database.ok && workers.every(({ ok }) => ok) && (state === null || state.ready);
  return { ready, market, temporal, database, workers, schedules: null, dashboard: null };
}

async function temporalStatus(
  config: Config,
  state: RuntimeState | null,
  endpoints: Endpoints,
): Promise<Status['temporal']> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  const ui = config.temporal.external ? null : (state?.temporal?.ui ?? null);
  if (target === null) return { address: null, ui, ok: false };
  const ok = await isWell(async () => {
    const client = await connectClient(target);
    await client.connection.close();
  });
  return { address: target.address, ui, ok };
}

async function databaseStatus({
  databaseUrl,
}: Endpoints): Promise<Status['database'] & Pick<Status, 'workers'>> {
  const none = pools.map((pool) => ({ pool, ok: false }));
  if (databaseUrl === null) return { url: null, ok: false, workers: none };
  const store = openStore(databaseUrl, { name: 'status', max: 2 });
  try {
    const ok = await isWell(async () => {
      await requireConnection(store, databaseUrl);
      await requireMigrated(store.db);
    });
    const live = ok ? await liveWorkers(store.db) : [];
    const workers = pools.map((pool) => ({ pool, ok: live.some((worker) => worker.pool === pool) }));
    return { url: withoutPassword(databaseUrl), ok, workers };
  } finally {
    await store.close();
  }
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

function printStatus({ ready, market, temporal, database, workers }: Status): void {
  const mark = (ok: boolean) => (ok ? 'ok' : 'NOT WELL');
  const lines = [
    `${marketMark(market)}${ready ? 'ready' : 'not ready'} (${market} market)`,
    `Temporal    ${mark(temporal.ok)}  ${temporal.address ?? 'not running'}  ${temporal.ui ?? ''}`,
    `PostgreSQL  ${mark(database.ok)}  ${database.url ?? 'not running'}`,
    ...workers.map(({ pool, ok }) => `worker      ${mark(ok)}  ${pool}`),
    ...(ready ? [] : ['start what is missing with barwright up']),
  ];
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}
