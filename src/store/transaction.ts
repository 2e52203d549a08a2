import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Store } from './database.ts';
import type { Schema } from './schema.ts';

/** A database bound to one client inside of begin and commit; COPY goes over the same client. */
export class Transaction extends Kysely<Schema> {
  readonly client: pg.PoolClient;

  constructor(client: pg.PoolClient) {
    super({ dialect: new PostgresDialect({ pool: poolOf(client) }) });
    this.client = client;
  }

  /** Throws: the end of an inner transaction would end this one. */
  override transaction(): never {
    throw new Error('a transaction begins within another one');
  }
}

/** Of one client that stays in use: what takes it from here gives nothing back. */
function poolOf(client: pg.PoolClient) {
  const kept = {
    query: client.query.bind(client),
    release: () => undefined,
  } as unknown as pg.PoolClient;
  return { options: {}, connect: () => Promise.resolve(kept), end: () => Promise.resolve() };
}

/** Runs `work` in one transaction on one client; any error rolls all of it back. */
export async function transaction<T>(store: Store, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await store.connect();
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(new Transaction(client));
    const { command } = await client.query('commit');
    if (command !== 'COMMIT')
      throw new Error('a statement failed unnoticed: the transaction was rolled back');
    broken = false;
    return result;
  } finally {
    // A client whose transaction failed is thrown away: closing the connection rolls back, whatever state it is in.
    client.release(broken);
  }
}
