import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { bareUrl } from '../domain/bare-url.ts';
import { usualPatience, watchConnections, type DatabasePatience } from './connection-watch.ts';
import type { Schema } from './schema.ts';
import { sessionOf } from './session-settings.ts';
import { watchedClient } from './watched-client.ts';
import { setting } from '../setting.ts';

export type Database = Kysely<Schema>;

/** A database and its connections. */
export interface Store {
  readonly db: Database;
  /** A client of the pool, for a transaction; who takes it releases it. */
  connect(): Promise<pg.PoolClient>;
  close(): Promise<void>;
}

/** The database cannot be reached or refuses us; says where, never with the password. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
  readonly remedy = `start it (barwright up), or correct ${setting('DATABASE_URL')} or POSTGRES_*`;
}

function typeOverrides(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  // An exchange date has no time zone: as a Date it would get one.
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  // Counts and ids here stay far below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}

interface StoreOptions {
  readonly name: string;
  readonly max?: number;
  /** Hears of connections that broke while nobody used them, and of those that were given up. */
  readonly onIdleError?: (error: Error) => void;
  readonly patience?: DatabasePatience;
  /** Its sessions can write nothing, and no statement of theirs takes longer. */
  readonly reading?: { readonly statementMs: number };
}

/** Opens a pool; connects lazily. A connection that falls silent is given up. */
export function openStore(
  url: string,
  { name, max = 10, onIdleError = () => undefined, patience = usualPatience, reading }: StoreOptions,
): Store {
  const config = {
    ...sessionOf(url, reading === undefined ? {} : readingOnly(reading.statementMs)),
    application_name: `barwright ${name}`,
    connectionTimeoutMillis: reading === undefined ? 10_000 : reading.statementMs,
    idle_in_transaction_session_timeout: 120_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typeOverrides(),
  };
  const pool = new pg.Pool({ ...config, max });
  // Without a listener a dropped idle connection ends the process.
  pool.on('error', onIdleError);
  const endWatch = watchConnections({ pool, config, patience, onLost: onIdleError });
  const connect = async () => watchedClient(await pool.connect());
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: watchedPool(pool, connect) }) });
  const close = async () => {
    await db.destroy();
    endWatch();
  };
  return { db, connect, close };
}

function readingOnly(statementMs: number): Readonly<Record<string, string>> {
  return { default_transaction_read_only: 'on', statement_timeout: String(statementMs) };
}

function watchedPool(pool: pg.Pool, connect: () => Promise<pg.PoolClient>) {
  return { options: pool.options, connect, end: () => pool.end() };
}

/** Throws `DatabaseUnreachable` when no connection can be had. */
export async function requireConnection(store: Store, url: string): Promise<void> {
  try {
    const client = await store.connect();
    client.release();
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new DatabaseUnreachable(`no connection to ${bareUrl(url)}: ${reason}`, { cause: error });
  }
}
