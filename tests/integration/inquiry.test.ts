import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MalformedResponse, RateLimited } from '../../src/domain/provider-errors.ts';
import { BudgetFar } from '../../src/pipelines/sources/budget-far.ts';
import { inquire, type Inquiry } from '../../src/pipelines/sources/inquiry.ts';
import type { RequestOptions } from '../../src/providers/provider.ts';
import { insertRun } from '../../src/store/runs.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

async function begin(): Promise<Inquiry> {
  const runId = randomUUID();
  const sessions = { range: { from: '2024-06-03', to: '2024-06-03' }, sessions: [], again: [] };
  const run = { runId, workflowId: runId, flow: 'test', parameters: {}, sessions };
  await insertRun(store.db, { ...run, startedAt: '2024-06-03T00:00:00Z' });
  const { signal } = new AbortController();
  return { db: store.db, source: 'polygon', runId, counts: 'lookups', signal, lane: 'live' };
}

/** Each time it is asked the next of these happens: an error is thrown. */
function answering(...ends: readonly unknown[]) {
  const patience: (number | undefined)[] = [];
  const ask = ({ onRequest, patienceMs }: RequestOptions): Promise<string> => {
    const end = ends[patience.length];
    patience.push(patienceMs);
    if (end instanceof BudgetFar) return Promise.reject(end);
    onRequest?.();
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(String(end));
  };
  return { ask, patience };
}

async function toldOf({ runId }: Inquiry) {
  const { rows } = await sql<{ kind: string }>`select data ->> 'kind' as kind from market.run_events
    where run_id = ${runId} order by id`.execute(store.db);
  const { rows: runs } = await sql<{ lookups: number }>`select lookups from market.runs
    where run_id = ${runId}`.execute(store.db);
  return { kinds: rows.map(({ kind }) => kind), lookups: runs[0]?.lookups };
}

test('a source that refuses everybody is waited for, and the run hears of it once', async () => {
  const inquiry = await begin();
  const { ask, patience } = answering(new BudgetFar(1, 'refused'), new BudgetFar(1, 'refused'), 'answer');
  expect(await inquire(inquiry, ask)).toBe('answer');
  expect(patience).toEqual([60_000, 60_000, 60_000]);
  expect(await toldOf(inquiry)).toEqual({ kinds: ['Refused'], lookups: 1 });
});

test('a turn that is far off because others go first is waited for without end, and nothing is said', async () => {
  const inquiry = await begin();
  const { ask, patience } = answering(new BudgetFar(90_000), 'answer');
  expect(await inquire(inquiry, ask)).toBe('answer');
  expect(patience).toEqual([60_000, undefined]);
  expect(await toldOf(inquiry)).toEqual({ kinds: [], lookups: 1 });
});

test('a day whose requests are spent ends it, which the run hears', async () => {
  const inquiry = await begin();
  const spent = new BudgetFar(3_600_000, 'spent');
  await expect(inquire(inquiry, answering(spent).ask)).rejects.toBe(spent);
  expect(await toldOf(inquiry)).toEqual({ kinds: ['DayQuotaSpent'], lookups: 0 });
});

test.each([
  ['a refusal', new RateLimited('429', null), RateLimited, ['Refused']],
  ['an answer that reading stumbles over', new RangeError('Invalid time value'), MalformedResponse, []],
])('%s is a value, and counts as a request', async (_, end, kind, kinds) => {
  const inquiry = await begin();
  expect(await inquire(inquiry, answering(end).ask)).toBeInstanceOf(kind);
  expect(await toldOf(inquiry)).toEqual({ kinds, lookups: 1 });
});
