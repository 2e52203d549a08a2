import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { migrate, released, type KnownMigration } from '../../src/store/migrate.ts';
import { registerWorker, retireWorker } from '../../src/store/workers.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

const worker = {
  identity: 'data-ingestion elsewhere 7',
  pool: 'data-ingestion',
  market: 'simulated',
  baseUrls: {},
  keyFingerprint: null,
  host: 'elsewhere',
  pid: 7,
};

const next = (
  name: string,
  over: Pick<KnownMigration, 'endsOldWorkers'>,
): Record<string, KnownMigration> => ({
  ...released,
  [name]: {
    async up(db: Kysely<unknown>) {
      await sql`create table market.${sql.raw(name.slice(5))} ()`.execute(db);
    },
    ...over,
  },
});
const tables = async () => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relname in ('gentle', 'harsh') order by 1`.execute(store.db);
  return rows.map(({ name }) => name);
};

test('a migration that old workers can live with is applied while they run', async () => {
  await registerWorker(store.db, worker, []);
  const gentle = next('0900-gentle', {});
  expect(await migrate(store.db, gentle)).toEqual(['0900-gentle']);
  await sql`delete from public.kysely_migration where name = '0900-gentle'`.execute(store.db);
});

test('one that they cannot live with names them and changes nothing, until they have ended', async () => {
  const harsh = next('0901-harsh', { endsOldWorkers: 'they write a column that it takes away' });
  const error: unknown = await migrate(store.db, harsh).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: 'WorkersInTheWay',
    message:
      'workers cannot live with 0901-harsh: they write a column that it takes away, and there are data-ingestion elsewhere 7',
    remedy: expect.stringContaining('docker compose stop data-ingestion') as unknown,
  });
  expect(exitCodeOf(error)).toBe(2);
  expect(await tables()).toEqual(['gentle']);
  await retireWorker(store.db, worker.identity);
  expect(await migrate(store.db, harsh)).toEqual(['0901-harsh']);
  expect(await tables()).toEqual(['gentle', 'harsh']);
  // Once it is applied it is in nobody's way.
  await registerWorker(store.db, worker, []);
  expect(await migrate(store.db, harsh)).toEqual([]);
});

test('the first migrations of a new database are in no way', async () => {
  const empty = await freshDatabase({ template: 'template1' });
  const harsh = next('0901-harsh', { endsOldWorkers: 'they write a column that it takes away' });
  expect(await migrate(empty.db, harsh)).toHaveLength(Object.keys(harsh).length);
  await empty.close();
});
