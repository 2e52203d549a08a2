import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { ensureDatabase } from '../../src/runtime/embedded-postgres.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabase extends Store {
  readonly url: string;
}

/** A migrated database of its own. */
export async function freshDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ensureDatabase(server, name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const store = openStore(url.href, { name: 'test', max: 10 });
  await migrate(store.db);
  return { ...store, url: url.href };
}
