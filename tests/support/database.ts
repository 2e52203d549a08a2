import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openStore, type Store } from '../../src/store/database.ts';

export interface TestDatabase extends Store {
  readonly url: string;
}

interface DatabaseOptions {
  /** What all its sessions begin with, such as `datestyle = 'German'`. */
  readonly settings?: readonly string[];
  /** That which it is copied from; `template1` has nothing in it. */
  readonly template?: string;
}

/** A database of its own, copied from the one that the global set-up has migrated. */
export async function freshDatabase({
  settings = [],
  template,
}: DatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await query(server, `create database ${name} template ${template ?? inject('migratedDatabase')}`);
  for (const setting of settings) await query(server, `alter database ${name} set ${setting}`);
  const url = new URL(server);
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
