import { hostname, userInfo } from 'node:os';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { Config } from '../config.ts';
import { setting } from '../setting.ts';

/** No Temporal server answers. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
  readonly remedy = `start it (barwright up), or correct ${setting('TEMPORAL_ADDRESS')}`;
}

type TemporalConfig = Config['temporal'];

/** Address, namespace and credentials, for a client's as for a worker's connection. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  readonly connection: ClientConnectConfig['connectionOptions'];
}

/**
 * Where Temporal is: as its own environment variables say when any names a server, else the local server. A
 * configuration file is read only when a variable names it or its profile.
 */
export function temporalTarget(config: TemporalConfig, localAddress: string | null): TemporalTarget | null {
  if (!config.external) {
    if (localAddress === null) return null;
    return { address: localAddress, namespace: config.namespace, connection: { address: localAddress } };
  }
  const { TEMPORAL_PROFILE: profile, TEMPORAL_CONFIG_FILE: file } = config.environment;
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: { ...config.environment },
    disableFile: profile === undefined && file === undefined,
  });
  const address = connectionOptions.address ?? 'localhost:7233';
  return { address, namespace: namespace ?? config.namespace, connection: { ...connectionOptions, address } };
}

/** Who a client of this process is, for Temporal and the ledger: `user@host`. */
export function clientIdentity(): string {
  return `${userName()}@${hostname()}`;
}

/** In a container a process may run as somebody who has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER || `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** For pages, which would rather say that it is away than wait, and look again soon. */
const impatient: ConnectionOptions = {
  connectTimeout: 3_000,
  // Without those that try again: one of them would throw where the connection has been closed meanwhile.
  interceptors: [],
  channelArgs: { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 5_000 },
};

/** Connects a client; throws `TemporalUnreachable` when no server answers: within ten seconds, or for pages three. */
export async function connectClient(
  { address, namespace, connection }: TemporalTarget,
  { forPages = false } = {},
): Promise<Client> {
  try {
    const { tls, ...options } = connection;
    const connected = await Connection.connect({
      ...options,
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(forPages ? impatient : { connectTimeout: 10_000 }),
    });
    return new Client({ connection: connected, namespace, identity: clientIdentity() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemporalUnreachable(`no Temporal server at ${address}: ${reason}`, { cause: error });
  }
}
