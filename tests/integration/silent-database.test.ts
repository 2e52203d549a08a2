import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyInto, copyOut } from '../../src/store/copy.ts';
import { usualPatience } from '../../src/store/connection-watch.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { persistenceOf } from '../../src/store/error-persistence.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';
import { startSilentProxy, type SilentProxy } from '../support/silent-proxy.ts';

let direct: TestDatabase;
let proxy: SilentProxy;
let store: Store;
/** What the store says of its connections. */
const lost: Error[] = [];

beforeAll(async () => {
  direct = await freshDatabase();
  await sql`create table public.numbers (n int primary key)`.execute(direct.db);
  await sql`insert into public.numbers values (1)`.execute(direct.db);
  proxy = await startSilentProxy(direct.url);
  const patience = { ...usualPatience, silentMs: 250, answerMs: 3_000 };
  const onIdleError = (error: Error) => lost.push(error);
  store = openStore(proxy.url, { name: 'silent', patience, onIdleError });
});
afterAll(async () => {
  await store.close();
  await proxy.close();
  await direct.close();
});

const select = () => sql<{ n: number }>`select n from public.numbers`.execute(store.db);

/** Selects until that succeeds, as an activity is tried again; returns what it failed with before. */
async function selectAtLast(): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (;;) {
    try {
      expect((await select()).rows).toEqual([{ n: 1 }]);
      return failures;
    } catch (error) {
      if (persistenceOf(error) !== 'passes') throw error;
      failures.push(error);
    }
  }
}

test('a statement that the server works on may take as long as it takes', async () => {
  await sql`select pg_sleep(1.5)`.execute(store.db);
  expect(lost).toEqual([]);
});

test('one that waits for a lock is worked on', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let locked: () => void = () => undefined;
  const isLocked = new Promise<void>((resolve) => (locked = resolve));
  const holder = transaction(direct, async (tx) => {
    await sql`select n from public.numbers for update`.execute(tx);
    locked();
    await held;
  });
  await isLocked;
  const waiting = sql`update public.numbers set n = 1`.execute(store.db);
  await sql`select pg_sleep(1)`.execute(store.db);
  release();
  await Promise.all([holder, waiting]);
  expect(lost).toEqual([]);
});

test('a transaction whose connection falls silent fails for a passing cause, and lets go of its locks', async () => {
  const failing = transaction(store, async (tx) => {
    await sql`select n from public.numbers for update`.execute(tx);
    proxy.silence();
    await sql`update public.numbers set n = 2`.execute(tx);
  });
  const failure = await failureOf(failing);
  expect(failure).toMatchObject({ name: 'DatabaseSilent' });
  expect(String(failure)).toContain('does not work on what it was asked: the connection is given up');
  expect(persistenceOf(failure)).toBe('passes');
  expect(lost.splice(0)).toEqual([failure]);
  // Its session has been ended: nobody waits for it.
  await sql`update public.numbers set n = 1`.execute(direct.db);
  await selectAtLast();
  lost.length = 0;
});

test('what waited in the pool while its connection fell silent is not used for long', async () => {
  await Promise.all([select(), select(), select()]);
  proxy.silence();
  const failures = await selectAtLast();
  expect(failures.length).toBeLessThanOrEqual(3);
  for (const failure of failures) expect(failure).toMatchObject({ name: 'DatabaseSilent' });
  expect(lost.splice(0)).toEqual(failures);
});

test('a COPY into silence fails, and one out of it', async () => {
  const chunks = function* () {
    yield '2\n';
    proxy.silence();
    yield '3\n';
  };
  const target = { table: 'public.numbers', columns: ['n'], format: 'text' } as const;
  const into = transaction(store, (tx) => copyInto(tx, target, chunks()));
  expect(await failureOf(into)).toMatchObject({ name: 'DatabaseSilent' });
  await selectAtLast();
  const out = transaction(store, async (tx) => {
    await sql`select 1`.execute(tx);
    proxy.silence();
    await copyOut(tx, sql`select n from public.numbers`);
  });
  expect(await failureOf(out)).toMatchObject({ name: 'DatabaseSilent' });
  await selectAtLast();
  lost.length = 0;
});

test('where new connections are silent as well, what waits fails, and works again once they are not', async () => {
  await selectAtLast();
  proxy.silence();
  proxy.pass(false);
  const failure = await failureOf(select());
  expect(String(failure)).toContain('cannot be reached');
  expect(persistenceOf(failure)).toBe('passes');
  expect(lost.splice(0)).toEqual([failure]);
  proxy.pass(true);
  await selectAtLast();
});
