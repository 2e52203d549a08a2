import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BudgetFar,
  createProviderBudget,
  type BudgetDeps,
} from '../../src/pipelines/sources/provider-budget.ts';
import { reserveSlots } from '../../src/store/provider-budget.ts';
import { blockBudget } from '../../src/store/provider-refusals.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

let keys = 0;
const freshKey = () => ({ provider: 'polygon', keyHash: `key-${(keys += 1)}`, baseUrl: 'http://127.0.0.1' });
const budgetOf = (over: Partial<BudgetDeps> = {}) =>
  createProviderBudget({ db: store.db, ...freshKey(), requestsPerMinute: 60, ...over });

test('slots are a spacing apart, whoever reserves them', async () => {
  const key = freshKey();
  const wish = { count: 1, spacingMs: 10_000, maxWaitMs: Infinity };
  const slots = await Promise.all(Array.from({ length: 20 }, () => reserveSlots(store.db, key, wish)));
  const waits = slots.map(({ inMs }) => inMs).sort((a, b) => a - b);
  // The waits are counted from moments that differ by the time of a few statements.
  for (const [index, wait] of waits.entries()) expect(Math.abs(wait - index * 10_000)).toBeLessThan(2_000);
});

test('several slots at once move the next one by as many spacings', async () => {
  const key = freshKey();
  await reserveSlots(store.db, key, { count: 7, spacingMs: 10_000, maxWaitMs: Infinity });
  const { inMs } = await reserveSlots(store.db, key, { count: 1, spacingMs: 10_000, maxWaitMs: Infinity });
  expect(Math.round(inMs / 10_000)).toBe(7);
});

test('a slot that is too far away is not reserved', async () => {
  const key = freshKey();
  await reserveSlots(store.db, key, { count: 1, spacingMs: 60_000, maxWaitMs: 0 });
  const refused = await reserveSlots(store.db, key, { count: 1, spacingMs: 60_000, maxWaitMs: 1_000 });
  expect(refused.reserved).toBe(false);
  const { reserved, inMs } = await reserveSlots(store.db, key, {
    count: 1,
    spacingMs: 60_000,
    maxWaitMs: 60_000,
  });
  expect([reserved, Math.round(inMs / 60_000)]).toEqual([true, 1]);
});

test('a block holds for every key of its own only, and never moves back', async () => {
  const [blocked, other] = [freshKey(), freshKey()];
  const wish = { count: 1, spacingMs: 1, maxWaitMs: 0 };
  await blockBudget(store.db, blocked, 60_000);
  await blockBudget(store.db, blocked, 1_000);
  expect(Math.round((await reserveSlots(store.db, blocked, wish)).inMs / 10_000)).toBe(6);
  expect(await reserveSlots(store.db, other, wish)).toMatchObject({ reserved: true });
});

test('an impatient caller is told how far the next slot is, and a new process finds the same', async () => {
  const key = freshKey();
  const first = createProviderBudget({ db: store.db, ...key, requestsPerMinute: 2 });
  await first.beforeRequest({});
  for (const budget of [first, createProviderBudget({ db: store.db, ...key, requestsPerMinute: 2 })]) {
    const error = await budget.beforeRequest({ patienceMs: 10_000 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BudgetFar);
    expect(Math.round((error as BudgetFar).resumeInMs / 10_000)).toBe(3);
  }
});

test('a caller that gives up stops waiting at once', async () => {
  const budget = budgetOf({ requestsPerMinute: 2 });
  await budget.beforeRequest({});
  const caller = new AbortController();
  const waiting = budget.beforeRequest({ signal: caller.signal });
  caller.abort(new Error('no longer'));
  await expect(waiting).rejects.toThrow();
});

test('a slot that comes too late is given up for a new one', async () => {
  let shift = 0;
  const key = freshKey();
  // Slots 100 ms apart, reserved two at a time.
  const now = () => performance.now() + shift;
  const budget = createProviderBudget({ db: store.db, ...key, requestsPerMinute: 610, now });
  const nextSlot = async () => {
    const { next_slot_at } = await store.db
      .selectFrom('market.provider_budgets')
      .select('next_slot_at')
      .where('key_hash', '=', key.keyHash)
      .executeTakeFirstOrThrow();
    return next_slot_at.getTime();
  };
  await budget.beforeRequest({});
  const reserved = await nextSlot();
  shift = 10_000;
  await budget.beforeRequest({});
  // The second of the first two came too late: two more were reserved.
  expect((await nextSlot()) - reserved).toBeGreaterThanOrEqual(199);
});

test('three processes, one killed and started again, keep the quota', async () => {
  const [perPeriod, periodMs, slackMs, periods] = [120, 2_000, 500, 6];
  const arrivals: number[] = [];
  const server = createServer((_, response) => {
    arrivals.push(performance.now());
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const script = fileURLToPath(new URL('../support/budget-client.ts', import.meta.url));
  const start = (seed: number): ChildProcess =>
    spawn(process.execPath, [script, store.url, url, ...[perPeriod, periodMs, slackMs, seed].map(String)], {
      stdio: 'inherit',
    });
  const children = [1, 2, 3].map(start);
  const enough = (share: number) =>
    expect.poll(() => arrivals.length, { timeout: 60_000 }).toBeGreaterThan(perPeriod * periods * share);
  await enough(0.3);
  children[0]?.kill('SIGKILL');
  await enough(0.5);
  children.push(start(4));
  await enough(1);
  for (const child of children) child.kill('SIGTERM');
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  server.close();

  const mostInAPeriod = Math.max(
    ...arrivals.map(
      (first, index) => arrivals.slice(index).filter((arrival) => arrival < first + periodMs).length,
    ),
  );
  expect(mostInAPeriod).toBeLessThanOrEqual(perPeriod);
});
