import { canBeAsked, keyFingerprint, loadConfig, settingsOfSource, type Config } from '../config.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState } from '../runtime/state.ts';
import { openStore, requireConnection, type Store } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
import { liveWorkers, type WorkerRecord } from '../store/workers.ts';
import { connectClient, temporalTarget } from '../temporal/connection.ts';
import type { Client } from '@temporalio/client';
import type { Pool } from '../flows/pools.ts';
import { EnvironmentDiffers, NotRunning } from './errors.ts';

/** What a command that reads the store works with. */
export interface StoreContext {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** What a command that has work done works with. */
export interface WorkerContext extends StoreContext {
  readonly client: Client;
}

/** Opens the store of this installation; throws when nothing runs, the market is another, or migrations lack. */
export async function openStoreContext(): Promise<StoreContext> {
  const config = loadConfig();
  const state = readState(config.home);
  if (config.database.external === null && state !== null && state.market !== config.market) {
    throw new EnvironmentDiffers(
      `what runs here is the ${state.market} market, this command means the ${config.market} one`,
    );
  }
  const endpoints = endpointsOf(config, state);
  const { databaseUrl } = endpoints;
  if (databaseUrl === null)
    throw new NotRunning('no database: the embedded one does not run, and none is configured');
  const store = openStore(databaseUrl, { name: 'cli', max: 4 });
  try {
    await requireConnection(store, databaseUrl);
    await requireMigrated(store.db);
  } catch (error) {
    await store.close();
    throw error;
  }
  return { config, endpoints, store, close: () => store.close() };
}

/** What a command that steers Temporal alone works with. */
export interface TemporalContext {
  readonly config: Config;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** Opens Temporal; throws when none runs or answers. */
export async function openTemporalContext(): Promise<TemporalContext> {
  const config = loadConfig();
  const client = await connectTo(config, endpointsOf(config, readState(config.home)));
  return { config, client, close: () => client.connection.close() };
}

async function connectTo(config: Config, endpoints: Endpoints): Promise<Client> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  if (target !== null) return connectClient(target);
  throw new NotRunning('no Temporal server: the local one does not run, and none is configured');
}

/** Opens store and Temporal, and makes sure that a worker of the pool runs with this command's settings. */
export async function openWorkerContext(pool: Pool, asks: SourceName | null): Promise<WorkerContext> {
  const config = loadConfig();
  if (asks !== null) requireSource(config, asks);
  const reading = await openStoreContext();
  try {
    requireSameEnvironment(reading, await liveWorkers(reading.store.db, pool), pool);
    const client = await connectTo(config, reading.endpoints);
    const close = async () => {
      await client.connection.close();
      await reading.close();
    };
    return { ...reading, client, close };
  } catch (error) {
    await reading.close();
    throw error;
  }
}

async function closing<Context extends { readonly close: () => Promise<void> }>(
  context: Context,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  try {
    await work(context);
  } finally {
    await context.close();
  }
}

/** Does work on the store of this installation. Throws as `openStoreContext` does. */
export async function withStore(work: (reading: StoreContext) => Promise<void>): Promise<void> {
  await closing(await openStoreContext(), work);
}

/** Does work on Temporal alone. Throws as `openTemporalContext` does. */
export async function withTemporal(work: (steering: TemporalContext) => Promise<void>): Promise<void> {
  await closing(await openTemporalContext(), work);
}

/** Has work done by a pool. Throws as `openWorkerContext` does. */
export async function withWorkers(
  pool: Pool,
  asks: SourceName | null,
  work: (operating: WorkerContext) => Promise<void>,
): Promise<void> {
  await closing(await openWorkerContext(pool, asks), work);
}

/** Why a source cannot be asked. */
export function keylessReason(source: SourceName): string {
  return `${settingsOfSource[source].apiKey ?? 'a key'} is not set on the live market`;
}

function requireSource(config: Config, source: SourceName): void {
  if (canBeAsked(config, source)) return;
  const missing = new NotRunning(`a pipeline that asks ${source} needs a key: ${keylessReason(source)}`);
  const key = settingsOfSource[source].apiKey ?? 'a key';
  throw Object.assign(missing, { remedy: `set ${key}, or MARKET=simulated` });
}

function requireSameEnvironment(
  { config, endpoints }: StoreContext,
  workers: readonly WorkerRecord[],
  pool: Pool,
): void {
  if (workers.length === 0) throw new NotRunning(`no worker of the pool ${pool} runs`);
  for (const { market, baseUrls, keyFingerprint: keys } of workers) {
    const differing = [
      market === config.market ? [] : [`MARKET (${market}, here ${config.market})`],
      ...sourceNames.map((source) => {
        const [theirs, ours] = [baseUrls[source] ?? '', endpoints.baseUrls[source] ?? ''];
        const setting = settingsOfSource[source].baseUrl;
        return theirs === ours ? [] : [`${setting} (${theirs || 'none'}, here ${ours || 'none'})`];
      }),
      keys === keyFingerprint(config) ? [] : keySettings,
    ].flat();
    if (differing.length > 0)
      throw new EnvironmentDiffers(`the workers run with another ${differing.join(', ')}`);
  }
}

const keySettings = sourceNames.flatMap((source) => settingsOfSource[source].apiKey ?? []);
