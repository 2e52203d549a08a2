import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { copyInto, copyOut } from '../../src/store/copy.ts';
import { transaction, type Transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
  await sql`create table public.numbers (n int primary key)`.execute(store.db);
});
beforeEach(() => sql`truncate public.numbers`.execute(store.db));
afterAll(() => store.close());

const target = { table: 'public.numbers', columns: ['n'], format: 'text' } as const;

async function numbers(): Promise<readonly number[]> {
  const { rows } = await sql<{ n: number }>`select n from public.numbers order by n`.execute(store.db);
  return rows.map(({ n }) => n);
}

async function serverProcess(tx: Transaction): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
  return rows[0]?.pid ?? NaN;
}

describe('a transaction', () => {
  test('commits what its queries and its COPY wrote, all on one client', async () => {
    const pids = await transaction(store, async (tx) => {
      await sql`insert into public.numbers values (1)`.execute(tx);
      await copyInto(tx, target, ['2\n3\n', Buffer.from('4\n')]);
      expect(await numbers()).toEqual([]);
      return [await serverProcess(tx), await serverProcess(tx)];
    });
    expect(new Set(pids).size).toBe(1);
    expect(await numbers()).toEqual([1, 2, 3, 4]);
  });

  test('is rolled back with its COPY by an error, and its client is never used again', async () => {
    const refusal = new Error('in the middle');
    let broken = NaN;
    const failing = transaction(store, async (tx) => {
      broken = await serverProcess(tx);
      await sql`insert into public.numbers values (1)`.execute(tx);
      await copyInto(tx, target, ['2\n']);
      throw refusal;
    });
    await expect(failing).rejects.toBe(refusal);
    expect(await numbers()).toEqual([]);
    expect(await transaction(store, serverProcess)).not.toBe(broken);
  });

  test('fails when a failed statement in it went unnoticed', async () => {
    const failing = transaction(store, async (tx) => {
      await sql`insert into public.numbers values (1)`.execute(tx);
      await expect(sql`select 1 / 0`.execute(tx)).rejects.toThrow('division by zero');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await numbers()).toEqual([]);
  });

  test('refuses another one within it', async () => {
    const nesting = transaction(store, (tx) => Promise.resolve(tx.transaction()));
    await expect(nesting).rejects.toThrow('within another');
  });
});

describe('COPY', () => {
  test('rejects with what the server has against a row', async () => {
    const failing = transaction(store, (tx) => copyInto(tx, target, ['1\n', 'two\n', '3\n']));
    await expect(failing).rejects.toThrow('invalid input syntax for type integer');
    expect(await numbers()).toEqual([]);
  });

  test('brings back what went in, more than a connection buffers', async () => {
    const many = 200_000;
    const lines = Array.from({ length: many }, (_, n) => `${n}\n`);
    const chunks = Array.from({ length: 100 }, (_, at) => lines.slice(2_000 * at, 2_000 * (at + 1)).join(''));
    const bytes = await transaction(store, async (tx) => {
      await copyInto(tx, target, chunks);
      return copyOut(tx, sql`select n from public.numbers where n >= ${sql.lit(many - 1)}`);
    });
    // Header, then one field of four bytes, then the end.
    expect(new DataView(bytes.buffer).getInt32(19 + 2 + 4)).toBe(many - 1);
    expect(bytes.length).toBe(19 + 2 + 4 + 4 + 2);
    expect(await numbers()).toHaveLength(many);
  });

  test('takes no parameters', async () => {
    const failing = transaction(store, (tx) => copyOut(tx, sql`select ${1}`));
    await expect(failing).rejects.toThrow(TypeError);
  });
});
