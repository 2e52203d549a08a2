import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import { keepPage } from '../../src/pipelines/actions/keep-page.ts';
import { judgeUnsettled } from '../../src/pipelines/actions/judge-unsettled.ts';
import type { ActionPage } from '../../src/providers/provider.ts';
import type { ActionsRun } from '../../src/runs/run.ts';
import { insertRun } from '../../src/store/runs.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
const range = { from: '2024-01-01', to: '2024-12-31' };
const symbols = Array.from({ length: 5 }, (_, place) => `FLICK${place}`);

beforeAll(async () => {
  store = await freshDatabase();
  await sql`insert into market.instruments (symbol, active) select symbol, true from unnest(${symbols}::text[]) symbol`.execute(
    store.db,
  );
});
afterAll(() => store.close());

interface Reading {
  readonly hours: number;
  /** Places of the payments that the list lacks. */
  readonly lacking: readonly number[];
  readonly isBroken: boolean;
}

const reading: fc.Arbitrary<Reading> = fc.record({
  hours: fc.constantFrom(20, 24, 30, 80),
  lacking: fc.subarray([0, 1, 2, 3, 4], { maxLength: 4 }),
  isBroken: fc.constantFrom(false, false, false, true),
});

async function read(of: string, at: string, { lacking, isBroken }: Reading): Promise<void> {
  const runId = randomUUID();
  const sessions = { range, sessions: [], again: [] };
  await insertRun(store.db, {
    runId,
    workflowId: runId,
    flow: 'test',
    parameters: {},
    sessions,
    startedAt: at,
  });
  const run: ActionsRun = {
    ...{ runId, workflowId: runId, flow: 'sync-corporate-actions', startedAt: at },
    request: { source: 'polygon' as const, nominalTime: at, parentRunId: runId },
  };
  const actions = symbols.flatMap((symbol, place) => {
    const action = {
      ...untold,
      kind: 'cash_dividend' as const,
      exDate: '2024-03-04',
      amount: 0.1,
      currency: 'USD',
    };
    const told = { ...action, dividendType: 'regular' as const, providerId: `${of} ${place}` };
    return lacking.includes(place) ? [] : [{ symbol, action: told }];
  });
  const wrong = { symbol: 'FLICK', session: null, field: 'cash_amount', wrong: 'no number', record: {} };
  const page: ActionPage = { actions, rejected: isBroken ? [wrong] : [], next: null, observedAt: at };
  await keepPage(store, run, page);
  await judgeUnsettled(store, run, { range, dividends: range, complete: true });
}

async function withdrawn(of: string): Promise<readonly number[]> {
  const { rows } = await sql<{ id: string }>`
    select provider_id as id from market.corporate_actions
    where provider_id like ${`${of} %`} and status = 'withdrawn' order by 1`.execute(store.db);
  return rows.map(({ id }) => Number(id.split(' ').at(-1)));
}

const dayMs = 86_400_000;

test('an action is withdrawn once whole lists have lacked it for three days, never before, and comes back with a list', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(reading, { minLength: 2, maxLength: 8 }), async (readings) => {
      await sql`truncate market.corporate_actions cascade`.execute(store.db);
      const of = `flick ${(count += 1)}`;
      let clock = Date.parse('2024-06-03T12:00:00Z');
      await read(of, new Date(clock).toISOString(), { hours: 0, lacking: [], isBroken: false });
      const since = new Map<number, number>();
      const gone = new Set<number>();
      for (const one of readings) {
        clock += one.hours * 3_600_000;
        await read(of, new Date(clock).toISOString(), one);
        for (const place of [...since.keys(), ...gone]) {
          if (one.lacking.includes(place)) continue;
          since.delete(place);
          gone.delete(place);
        }
        const missing = one.lacking.filter((place) => !gone.has(place));
        // A list that lacks so many is taken for cut short, and one with a record that nobody can read says of none.
        if (missing.length <= 3 && !one.isBroken)
          for (const place of missing) {
            since.set(place, since.get(place) ?? clock);
            if ((since.get(place) ?? clock) <= clock - 3 * dayMs) gone.add(place);
          }
        expect(await withdrawn(of)).toEqual([...gone].sort());
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

test('what prices show is not withdrawn', async () => {
  await sql`truncate market.corporate_actions cascade`.execute(store.db);
  await read('shown', '2024-06-03T12:00:00Z', { hours: 0, lacking: [], isBroken: false });
  await sql`update market.corporate_actions set shown = true, status = 'effective'`.execute(store.db);
  // Judged again it may be shown no more: what is held against the lists is what was known before.
  for (const day of ['04', '08']) {
    await sql`update market.corporate_actions set shown = true`.execute(store.db);
    await read('shown', `2024-06-${day}T12:00:00Z`, { hours: 0, lacking: [1], isBroken: false });
  }
  expect(await withdrawn('shown')).toEqual([]);
});
