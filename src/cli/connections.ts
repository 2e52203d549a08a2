import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import type { Endpoints } from '../runtime/endpoints.ts';
import { openStore, requireConnection, type Store } from '../store/database.ts';
import { connectClient, temporalTarget, type TemporalTarget } from '../temporal/connection.ts';
import { NotRunning } from '../operations/refusals.ts';

/** Where the database is; throws `NotRunning`. */
export function requireDatabaseUrl({ databaseUrl }: Endpoints): string {
  if (databaseUrl !== null) return databaseUrl;
  throw new NotRunning('no database: the embedded one does not run, and none is configured');
}

/** Where Temporal is; throws `NotRunning`. */
export function requireTemporalTarget(config: Config, { temporalAddress }: Endpoints): TemporalTarget {
  const target = temporalTarget(config.temporal, temporalAddress);
  if (target !== null) return target;
  throw new NotRunning('no Temporal server: the local one does not run, and none is configured');
}

/** Does work on a database, whatever its schema; `name` is how it sees us. Throws `DatabaseUnreachable`. */
export async function onDatabase<Result>(
  url: string,
  name: string,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = openStore(url, { name, max: 4 });
  try {
    await requireConnection(store, url);
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Does work as a client of Temporal. Throws `TemporalUnreachable`. */
export async function onTemporal<Result>(
  target: TemporalTarget,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await connectClient(target);
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}
