import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { ensureDatabase } from '../../src/runtime/embedded-postgres.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabase extends Store {
  readonly url: string;
}

/** A migrated database of its own, copied from the one that the global set-up has migrated. */
export async function freshDatabase(): Promise<TestDatabase> {
  const name = anyName();
  await query(inject('postgresUrl'), `create database ${name} template ${inject('migratedDatabase')}`);
  return opened(name);
}

/** The same, migrated by sessions that all begin with these settings, such as `datestyle = 'German'`. */
export async function databaseWith(settings: readonly string[]): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = anyName();
  await ensureDatabase(server, name);
  for (const setting of settings) await query(server, `alter database ${name} set ${setting}`);
  const store = opened(name);
  await migrate(store.db);
  return store;
}

const anyName = () => `test_${randomUUID().replaceAll('-', '')}`;

function opened(name: string): TestDatabase {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return { ...openStore(url.href, { name: 'test', max: 10 }), url: url.href };
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
