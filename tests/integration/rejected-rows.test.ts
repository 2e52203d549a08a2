import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RejectedRecord } from '../../src/domain/rejected-record.ts';
import { keepRejected } from '../../src/store/rejected-rows.ts';
import { countExpired, deleteExpired } from '../../src/store/retention.ts';
import { addRunEvents, readRunEvents } from '../../src/store/run-events.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

async function openRun(): Promise<string> {
  const runId = randomUUID();
  const day = '2024-01-02';
  await insertRun(store.db, {
    runId,
    workflowId: runId,
    flow: 'polygon-daily-ingestion',
    parameters: {},
    sessions: { range: { from: day, to: day }, sessions: [], again: [] },
    startedAt: '2024-01-03T02:00:00Z',
  });
  return runId;
}

const bad = (over: Partial<RejectedRecord> = {}): RejectedRecord => {
  return { symbol: 'A', session: '2024-01-02', field: 'c', wrong: 'c is null', record: {}, ...over };
};
const keep = (runId: string | null, rejected: readonly RejectedRecord[]) =>
  transaction(store, (tx) => keepRejected(tx, { source: 'polygon', runId }, rejected));

async function keptOf(runId: string | null): Promise<number> {
  const { rows } = await sql<{ kept: number }>`select count(*)::int as kept from market.rejected_rows
    where run_id is not distinct from ${runId}`.execute(store.db);
  return rows[0]?.kept ?? 0;
}

test('whatever a provider has sent can be kept, and told of in events', async () => {
  const runId = await openRun();
  const text = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) });
  const hostile = fc.oneof(
    text,
    fc.constantFrom('\0', '\ud800', '\udc00a', '\\u0000', `${'x'.repeat(499)}\u{1f600}`),
  );
  const anything = fc.oneof(
    fc.json({ stringUnit: 'binary' }).map((json) => JSON.parse(json) as unknown),
    hostile,
  );
  const record = fc.dictionary(hostile, anything);
  await fc.assert(
    fc.asyncProperty(fc.option(hostile), record, hostile, async (symbol, row, said) => {
      await keep(null, [bad({ symbol, record: row })]);
      await addRunEvents(store.db, runId, [{ level: 'warn', symbol: said, message: said, data: row }]);
    }),
    { numRuns: 50 },
  );
  expect(await keptOf(null)).toBe(50);
  expect(await readRunEvents(store.db, runId)).toHaveLength(50);
});

test('what is too large, too deep or no JSON is kept as far as that goes', async () => {
  const runId = await openRun();
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
  const record = { text: `${'x'.repeat(499)}\u{1f600}`, deep, list: Array(100_000).fill(1), c: Infinity };
  await keep(runId, [bad({ record }), bad({ record: null })]);
  const { rows } = await sql<{ row: Readonly<Record<string, unknown>> | null }>`
    select "row" from market.rejected_rows where run_id = ${runId} order by id`.execute(store.db);
  expect(rows[0]?.row).toMatchObject({ text: 'x'.repeat(499), list: { length: 40 }, c: 'Infinity' });
  expect(rows[1]?.row).toBeNull();
});

test('a run keeps a thousand, all of its batches together, and says what is beyond', async () => {
  const runId = await openRun();
  const rejected = Array.from({ length: 700 }, () => bad());
  await Promise.all([keep(runId, rejected), keep(runId, rejected)]);
  await keep(runId, [bad()]);
  expect(await keptOf(runId)).toBe(1_000);
  const messages = (await readRunEvents(store.db, runId)).map(({ message }) => message);
  expect(messages).toEqual([
    '400 rejected rows more are not kept: a run keeps 1000',
    '1 rejected rows more are not kept: a run keeps 1000',
  ]);
});

test('evidence goes with the events of its run', async () => {
  const [old, young] = [await openRun(), await openRun()];
  await keep(old, [bad(), bad(), bad()]);
  await keep(young, [bad()]);
  await sql`update market.runs set status = 'completed', closed_at = '2024-01-03T03:00:00Z' where run_id = ${old}`.execute(
    store.db,
  );
  const expired = { table: 'run_events', before: '2024-02-01', limit: 2 } as const;
  expect(await countExpired(store.db, 'run_events', '2024-02-01')).toBe(3);
  expect(await deleteExpired(store.db, expired)).toBe(2);
  expect(await deleteExpired(store.db, expired)).toBe(1);
  expect(await deleteExpired(store.db, expired)).toBe(0);
  expect([await keptOf(old), await keptOf(young)]).toEqual([0, 1]);
});
