import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RateLimited } from '../../src/domain/provider-errors.ts';
import {
  BudgetFar,
  createProviderBudget,
  type BudgetDeps,
} from '../../src/pipelines/sources/provider-budget.ts';
import { retryAfterMs } from '../../src/providers/retry-after.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

let clock: SimulatedClock;
beforeAll(async () => {
  clock = await simulatedClock('2024-06-03T22:00:00Z');
});
afterAll(() => clock.store.close());

let keys = 0;
const freshKey = () => ({ provider: 'yahoo', keyHash: `key-${(keys += 1)}`, baseUrl: 'http://127.0.0.1' });
const budgetOf = (over: Partial<BudgetDeps> & Pick<BudgetDeps, 'keyHash'>) =>
  createProviderBudget({
    ...freshKey(),
    db: clock.store.db,
    requestsPerMinute: 60,
    now: clock.now,
    wait: clock.sleep,
    ...over,
  });
/** Two workers of one provider. */
const twoWorkers = (over: Partial<BudgetDeps> = {}) => {
  const key = freshKey();
  return [budgetOf({ ...key, ...over }), budgetOf({ ...key, ...over })] as const;
};
const minute = 60_000;
const impatient = { patienceMs: 0 };

type Budget = ReturnType<typeof budgetOf>;
const far = (budget: Budget) => budget.beforeRequest(impatient).catch((error: unknown) => error);
const refusedBy = async (budget: Budget, wish: number | null = null) => {
  const error = new RateLimited('429', wish);
  await (await budget.beforeRequest({})).ended(error);
  return error.waitMs;
};

describe('after a refusal', () => {
  test.each([
    ['no wish', null, minute],
    ['no time', 0, minute],
    ['less than is usual', 25_000, minute],
    ['more than is usual', 90_000, 90_000],
    ['an hour', 3_600_000, 3_600_000],
    ['a day', 86_400_000, 3_600_000],
    ['a month', 31 * 86_400_000, 3_600_000],
    ['more than any quota lasts', 31 * 86_400_000 + 1, minute],
    ['for ever', Infinity, minute],
  ])('with %s everybody waits as long as is right', async (_, wish, waitMs) => {
    const [one, other] = twoWorkers();
    expect(await refusedBy(one, wish)).toBe(waitMs);
    for (const budget of [one, other]) {
      const error = await far(budget);
      expect(error).toBeInstanceOf(BudgetFar);
      expect(error).toMatchObject({ blocked: true });
      expect((error as BudgetFar).resumeInMs).toBeCloseTo(waitMs, -1);
    }
    await clock.moveBy(waitMs - 10);
    expect(await far(other)).toBeInstanceOf(BudgetFar);
  });

  test('waits grow with refusals in a row, whichever worker meets them, and begin anew once one is served', async () => {
    const [one, other] = twoWorkers();
    const waits: (number | null)[] = [];
    for (const budget of [one, other, one, other]) {
      waits.push(await refusedBy(budget));
      await clock.moveBy(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([minute, 5 * minute, 15 * minute, 15 * minute]);
    await (await one.beforeRequest({})).ended('served');
    await clock.moveBy(1_100);
    expect(await refusedBy(other)).toBe(minute);
  });

  test('refusals of requests that were under way already are one', async () => {
    const [one, other] = twoWorkers({ requestsPerMinute: 600_000 });
    const permits = await Promise.all([one, one, other].map((budget) => budget.beforeRequest({})));
    const errors = permits.map(() => new RateLimited('429', null));
    for (const [index, permit] of permits.entries()) await permit.ended(errors[index] ?? 'undecided');
    expect(errors.map(({ waitMs }) => waitMs)).toEqual([minute, minute, minute]);
  });

  test('an answer to a request that left before opens nothing', async () => {
    const [one, other] = twoWorkers({ requestsPerMinute: 600_000 });
    const early = await other.beforeRequest({});
    await refusedBy(one);
    await early.ended('served');
    expect(await far(one)).toBeInstanceOf(BudgetFar);
  });

  test('a lane that holds a slot asks again before its request leaves', async () => {
    const [one, other] = twoWorkers({ requestsPerMinute: 6 });
    await one.beforeRequest({});
    let [refused, left] = [false, 0];
    const started = clock.now();
    // Either may come first.
    const ask = async (budget: Budget) => {
      const permit = await budget.beforeRequest({});
      if (refused) left = clock.now();
      await permit.ended(refused ? 'served' : new RateLimited('429', null));
      refused = true;
    };
    await clock.run([
      () => ask(one),
      async () => {
        await clock.sleep(1_000);
        await ask(other);
      },
    ]);
    // Slots are ten seconds apart: the first one was refused, and the second one was held all the while.
    expect(left - started).toBeGreaterThanOrEqual(10_000 + minute);
  });
});

describe('then one request goes first', () => {
  const afterBlock = async (over: Partial<BudgetDeps> = {}) => {
    const workers = twoWorkers({ requestsPerMinute: 600_000, ...over });
    await refusedBy(workers[0]);
    await clock.moveBy(minute);
    return workers;
  };
  const serve = async (budget: Budget) => (await budget.beforeRequest({})).ended('served');

  test.each([
    ['served: the others follow', 'served' as const, 3],
    ['undecided: another one does', 'undecided' as const, 1],
  ])('%s', async (_, end, together) => {
    const [one, other] = await afterBlock();
    const answers: number[] = [];
    let atOnce = 0;
    let most = 0;
    const lane = (budget: Budget, ends: 'served' | 'undecided') => async () => {
      const permit = await budget.beforeRequest({});
      atOnce += 1;
      most = Math.max(most, answers.length === 0 ? 0 : atOnce);
      await clock.sleep(1_000);
      atOnce -= 1;
      answers.push(clock.now());
      await permit.ended(ends);
    };
    await clock.run([lane(one, end), lane(other, end), lane(one, end), lane(other, end)]);
    expect(most).toBe(together);
    expect((answers[1] ?? 0) - (answers[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('refused: everybody waits again, and longer', async () => {
    const [one, other] = await afterBlock();
    expect(await refusedBy(one)).toBe(5 * minute);
    expect(((await far(other)) as BudgetFar).resumeInMs).toBeCloseTo(5 * minute, -1);
  });

  test('lost with its process: another one goes once its time is over', async () => {
    const [one, other] = await afterBlock({ trialMs: 30_000 });
    await one.beforeRequest({});
    const started = clock.now();
    await serve(other);
    expect(clock.now() - started).toBeGreaterThanOrEqual(29_000);
    expect(clock.now() - started).toBeLessThan(32_000);
  });

  test('of one that was lost nothing is believed any more', async () => {
    const [one, other] = await afterBlock({ trialMs: 30_000 });
    const lost = await one.beforeRequest({});
    await clock.moveBy(31_000);
    const second = await other.beforeRequest({});
    await lost.ended('served');
    const begun = clock.now();
    await clock.run([
      () => serve(one),
      async () => {
        await clock.sleep(5_000);
        await second.ended('served');
      },
    ]);
    expect(clock.now() - begun).toBeGreaterThanOrEqual(5_000);
  });
});

/** What is sent in place of a time; a function: of the provider's clock. */
const forms: readonly (string | null | ((nowMs: number) => string))[] = [
  ...[null, '0', '0.5', '1.5', '-1', '25', '30', '61.5', '120', '7200', '99999999999999999999'],
  ...['soon', '2030-01-01T00:00:00Z', 'Mon, 03 Jun 2002 22:00:30 GMT'],
  (nowMs) => new Date(nowMs + 30_000).toUTCString(),
  (nowMs) => new Date(nowMs - 30_000).toUTCString(),
  (nowMs) => new Date(nowMs + 200_000).toUTCString(),
];

/** What is longer than any quota lasts is a mistake, and says nothing. */
const heard = (wishMs: number) => (wishMs > 31 * 86_400_000 ? 0 : Math.min(3_600_000, wishMs));

interface Sent {
  readonly at: number;
  answeredAt: number;
  waitMs: number | null;
}

test('ten minutes of refusals in every form: nothing leaves but one request after each wait, and all are served in the end', async () => {
  const outage = 10 * minute;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        workers: fc.integer({ min: 1, max: 3 }),
        lanes: fc.integer({ min: 1, max: 8 }),
        requestsPerMinute: fc.constantFrom(5, 60, 600, 60_000),
        patienceMs: fc.constantFrom(0, 1_000, minute, Infinity),
        headers: fc.array(fc.constantFrom(...forms), { minLength: 1, maxLength: 12 }),
        latencies: fc.array(fc.integer({ min: 20, max: 4_000 }), { minLength: 1, maxLength: 12 }),
        begins: fc.integer({ min: 0, max: 5_000 }),
        losesTrial: fc.boolean(),
      }),
      async ({ workers, lanes, headers, latencies, begins, patienceMs, ...given }) => {
        let losesTrial = given.losesTrial;
        const key = freshKey();
        const started = clock.now() + begins;
        const isDown = () => clock.now() >= started && clock.now() < started + outage;
        const sent: Sent[] = [];
        let served = 0;
        const questions = Array.from({ length: workers * lanes + 2 }, (_, index) => index);

        /** One request; false: refused, or lost. */
        async function ask(budget: Budget): Promise<boolean> {
          const permit = await budget.beforeRequest({ patienceMs });
          const one: Sent = { at: clock.now(), answeredAt: Infinity, waitMs: null };
          sent.push(one);
          const isRefused = isDown();
          const form = headers[sent.length % headers.length] ?? null;
          await clock.sleep(latencies[sent.length % latencies.length] ?? 0);
          const isTrial = sent.some(({ waitMs }) => waitMs !== null);
          if (losesTrial && isTrial) {
            losesTrial = false;
            one.answeredAt = clock.now();
            return false;
          }
          const observedAt = new Date(clock.now()).toISOString();
          const wish = typeof form === 'function' ? form(Date.parse(observedAt)) : form;
          const answered = wish === null ? new Headers() : new Headers({ 'retry-after': wish });
          const error = new RateLimited('429', retryAfterMs({ headers: answered, observedAt }));
          one.answeredAt = clock.now();
          if (isRefused) one.waitMs = Math.max(minute, heard(error.retryAfterMs ?? 0));
          await permit.ended(isRefused ? error : 'served');
          return !isRefused;
        }

        async function lane(budget: Budget): Promise<void> {
          for (let question = questions.shift(); question !== undefined; question = questions.shift()) {
            for (let isServed = false; !isServed;) {
              try {
                isServed = await ask(budget);
              } catch (error) {
                if (!(error instanceof BudgetFar)) throw error;
                await clock.sleep(error.resumeInMs);
              }
            }
            served += 1;
          }
        }

        const { requestsPerMinute } = given;
        const budgets = Array.from({ length: workers }, () => budgetOf({ ...key, requestsPerMinute }));
        const asked = questions.length;
        await clock.run(budgets.flatMap((budget) => Array.from({ length: lanes }, () => () => lane(budget))));
        expect(served).toBe(asked);
        const refusals = sent.filter(({ waitMs }) => waitMs !== null);
        for (const { answeredAt, waitMs } of refusals) {
          const during = sent.filter(({ at }) => at > answeredAt && at < answeredAt + (waitMs ?? 0) - 1);
          expect(during).toEqual([]);
        }
        const first = Math.min(...refusals.map(({ answeredAt }) => answeredAt));
        const later = refusals.filter(({ at }) => at > first);
        for (const [index, one] of later.entries())
          for (const other of later.slice(index + 1)) expect(other.at >= one.answeredAt).toBe(true);
        // One after each wait: of one minute, of five, of fifteen.
        expect(later.length).toBeLessThanOrEqual(3);
      },
    ),
    { numRuns: 30, seed: 40 },
  );
});
