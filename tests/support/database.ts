import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { ensureDatabase } from '../../src/runtime/embedded-postgres.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabase extends Store {
  readonly url: string;
}

/** A migrated database of its own; `settings` are those that all its sessions begin with, such as `datestyle = 'German'`. */
export async function freshDatabase(settings: readonly string[] = []): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ensureDatabase(server, name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await changeSettings(url.href, name, settings);
  const store = openStore(url.href, { name: 'test', max: 10 });
  await migrate(store.db);
  return { ...store, url: url.href };
}

async function changeSettings(url: string, name: string, settings: readonly string[]): Promise<void> {
  if (settings.length === 0) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const setting of settings) await client.query(`alter database ${name} set ${setting}`);
  await client.end();
}
