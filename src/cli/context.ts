import type { Client } from '@temporalio/client';
import { loadConfig, type Config } from '../config.ts';
import type { SourceName } from '../domain/source.ts';
import type { Pool } from '../flows/pools.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState } from '../runtime/state.ts';
import type { Store } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
import { liveWorkers } from '../store/workers.ts';
import { onDatabase, onTemporal, requireDatabaseUrl, requireTemporalTarget } from './connections.ts';
import { requireSameMarket, requireSameSettings, requireSource } from '../operations/same-environment.ts';

/** What a command that reads the store works with. */
export interface StoreContext {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly store: Store;
}

/** What a command that has work done works with. */
export interface WorkerContext extends StoreContext {
  readonly client: Client;
}

/** What a command that steers Temporal alone works with. */
export interface TemporalContext {
  readonly config: Config;
  readonly client: Client;
}

/** Does work on the store of this installation; throws when none runs, the market is another, or migrations lack. */
export async function withStore(work: (reading: StoreContext) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const state = readState(config.home);
  requireSameMarket(config, state);
  const endpoints = endpointsOf(config, state);
  await onDatabase(requireDatabaseUrl(endpoints), 'cli', async (store) => {
    await requireMigrated(store.db);
    await work({ config, endpoints, store });
  });
}

/** Does work on Temporal alone; throws when none runs or answers. */
export async function withTemporal(work: (steering: TemporalContext) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const target = requireTemporalTarget(config, endpointsOf(config, readState(config.home)));
  await onTemporal(target, (client) => work({ config, client }));
}

/** Does work on both; throws as `withStore` and `withTemporal` do. */
export async function withStoreAndTemporal(
  work: (both: TemporalContext & StoreContext) => Promise<void>,
): Promise<void> {
  await withStore((reading) =>
    onTemporal(requireTemporalTarget(reading.config, reading.endpoints), (client) =>
      work({ ...reading, client }),
    ),
  );
}

/**
 * Has work done by a pool that asks a source, or nobody. Throws as `withStore` and `withTemporal` do, without the
 * source's key, and when no worker runs or one has other settings than this command.
 */
export async function withWorkers(
  pool: Pool,
  asks: SourceName | null,
  work: (operating: WorkerContext) => Promise<void>,
): Promise<void> {
  if (asks !== null) requireSource(loadConfig(), asks);
  await withStore(async (reading) => {
    const { config, endpoints, store } = reading;
    requireSameSettings(reading, await liveWorkers(store.db, pool), pool);
    await onTemporal(requireTemporalTarget(config, endpoints), (client) => work({ ...reading, client }));
  });
}
