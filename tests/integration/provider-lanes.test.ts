import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lane } from '../../src/domain/lane.ts';
import { createProviderBudget, type BudgetDeps } from '../../src/pipelines/sources/provider-budget.ts';
import type { BudgetFar } from '../../src/pipelines/sources/budget-far.ts';
import { reserveSlots } from '../../src/store/provider-budget.ts';
import { quotaLeft, readSpent } from '../../src/store/spent-budget.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

let clock: SimulatedClock;
beforeAll(async () => {
  clock = await simulatedClock('2024-06-03T22:00:00Z');
});
afterAll(() => clock.store.close());

const minute = 60_000;
let keys = 0;
/** Workers of one provider. */
function workersOf(count: number, over: Partial<BudgetDeps> = {}) {
  const key = { provider: 'polygon', keyHash: `lanes-${(keys += 1)}`, baseUrl: 'http://127.0.0.1' };
  const deps = { ...key, db: clock.store.db, requestsPerMinute: 60, now: clock.now, wait: clock.sleep };
  return Array.from({ length: count }, () => createProviderBudget({ ...deps, ...over }));
}
type Budget = ReturnType<typeof createProviderBudget>;

interface Sent {
  readonly lane: Lane;
  readonly at: number;
  readonly waited: number;
}

async function send(log: Sent[], budget: Budget, lane: Lane): Promise<void> {
  const begun = clock.now();
  const permit = await budget.beforeRequest({ lane });
  log.push({ lane, at: clock.now(), waited: clock.now() - begun });
  await permit.ended('served');
}

function mostInAMinute(log: readonly Sent[]): number {
  return Math.max(...log.map(({ at }) => log.filter((one) => one.at >= at && one.at < at + minute).length));
}

const of = (log: readonly Sent[], lane: Lane) => log.filter((one) => one.lane === lane);

test('a live run of two requests goes before ten backfills, which go on', async () => {
  const workers = workersOf(2);
  const log: Sent[] = [];
  const started = clock.now();
  const backfill = (budget: Budget) => async () => {
    while (clock.now() < started + 9_000) await send(log, budget, 'background');
  };
  const live = async () => {
    await clock.sleep(4_300);
    for (const worker of workers) await send(log, worker, 'live');
  };
  await clock.run([
    live,
    ...Array.from({ length: 10 }, (_, index) => backfill(workers[index % 2] as Budget)),
  ]);
  const waits = of(log, 'live').map(({ waited }) => waited);
  expect(waits).toHaveLength(2);
  for (const waited of waits) expect(waited).toBeLessThanOrEqual(1_117);
  expect(of(log, 'background').length).toBeGreaterThanOrEqual(6);
  expect(mostInAMinute(log)).toBeLessThanOrEqual(60);
});

test('a live request whose worker dies while it waits holds nobody up', async () => {
  const key = { provider: 'polygon', keyHash: 'dying', baseUrl: 'http://127.0.0.1' };
  const wish = { count: 1, spacingMs: 1_000, maxWaitMs: 100 };
  const { db } = clock.store;
  await reserveSlots(db, key, wish);
  // It has said that it comes, and never does.
  await reserveSlots(db, key, { ...wish, lane: 'live', patienceMs: minute });
  await clock.moveBy(1_000);
  const background = { ...wish, lane: 'background' } as const;
  expect(await reserveSlots(db, key, background)).toMatchObject({ reserved: false, othersMs: 300 });
  await clock.moveBy(300);
  expect(await reserveSlots(db, key, background)).toMatchObject({ reserved: true });
});

test('a request that is held up between its slot and its way leaves in a slot of its own', async () => {
  let isHeld = false;
  const db = clock.store.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      // Half a slack and more goes by while it asks whether the provider has refused.
      if (!isHeld && result.rows.some((row) => 'blockedMs' in row)) {
        isHeld = true;
        await clock.moveBy(600);
      }
      return result;
    },
  });
  const [worker] = workersOf(1, { db });
  const slot = clock.now();
  await send([], worker as Budget, 'live');
  expect(isHeld).toBe(true);
  expect((clock.now() - slot) / (minute + 1_000)).toBeCloseTo(1 / 60, 4);
});

test('a day’s requests are spent by all workers together, and return with the next UTC day', async () => {
  // Two hours before midnight, in whatever zone the database is.
  const untilMidnight = 86_400_000 - (clock.now() % 86_400_000);
  await clock.moveBy(untilMidnight - 7_200_000);
  const workers = workersOf(2, { requestsPerDay: 5 });
  const log: Sent[] = [];
  for (let request = 0; request < 5; request += 1) await send(log, workers[request % 2] as Budget, 'live');
  const key = { provider: 'polygon', keyHash: `lanes-${keys}`, baseUrl: 'http://127.0.0.1' };
  expect(await readSpent(clock.store.db, key)).toMatchObject({ day: 5 });
  expect(await quotaLeft(clock.store.db, key, { perMinute: 60, perDay: 5 })).toBe(0);
  for (const lane of ['live', 'background'] as const) {
    const error = await workers[0]?.beforeRequest({ lane }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BudgetFar', because: 'spent' });
    const days = (clock.now() + (error as BudgetFar).resumeInMs) / 86_400_000;
    expect(days).toBeCloseTo(Math.round(days), 5);
    await clock.moveBy(1);
  }
  await clock.moveBy(7_200_000);
  await send(log, workers[1] as Budget, 'background');
  expect(await readSpent(clock.store.db, key)).toMatchObject({ day: 1 });
});

test('whatever comes when: the quota is kept, live requests go first, and a tenth is left to the others', async () => {
  const perMinute = 20;
  const spacing = (minute + 1_000) / perMinute;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        workers: fc.integer({ min: 1, max: 3 }),
        backfills: fc.integer({ min: 1, max: 4 }),
        /** Live runs: when, of how many requests, in how many lanes. */
        runs: fc.array(
          fc.record({
            at: fc.integer({ min: 0, max: 30_000 }),
            requests: fc.integer({ min: 1, max: 10 }),
            lanes: fc.integer({ min: 1, max: 3 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      async ({ workers: count, backfills, runs }) => {
        const workers = workersOf(count, { requestsPerMinute: perMinute });
        const workerOf = (index: number) => workers[index % count] as Budget;
        const log: Sent[] = [];
        const begun = clock.now();
        let livesLeft = runs.reduce((sum, { requests }) => sum + requests, 0);
        const backfill = (budget: Budget) => async () => {
          while (livesLeft > 0 || clock.now() < begun + 15_000) await send(log, budget, 'background');
        };
        const lanes = runs.flatMap(({ at, requests, lanes: wide }, index) => {
          let left = requests;
          return Array.from({ length: wide }, () => async () => {
            await clock.sleep(at);
            for (; left > 0; livesLeft -= 1) {
              left -= 1;
              await send(log, workerOf(index), 'live');
            }
          });
        });
        await clock.run([
          ...lanes,
          ...Array.from({ length: backfills }, (_, index) => backfill(workerOf(index))),
        ]);
        expect(mostInAMinute(log)).toBeLessThanOrEqual(perMinute);
        // Each waits for those before it, one backfill in ten, and what had begun when it came.
        const inLine = runs.reduce((sum, { lanes: wide }) => sum + wide, 0);
        for (const { waited } of of(log, 'live'))
          expect(waited).toBeLessThanOrEqual((inLine * 1.12 + 3) * spacing);
        // Within twenty slots at least two are a backfill's.
        const order = log.toSorted((a, b) => a.at - b.at);
        for (let from = 0; from + 20 <= order.length; from += 1)
          expect(of(order.slice(from, from + 20), 'background').length).toBeGreaterThanOrEqual(1);
        expect(of(order, 'background').length).toBeGreaterThanOrEqual(Math.floor(order.length / 10));
        const idle = order.slice(1).map(({ at }, index) => at - (order[index]?.at ?? 0));
        expect(idle.filter((ms) => ms > 2 * spacing).length).toBe(0);
      },
    ),
    { numRuns: 4, seed: 13 },
  );
});
