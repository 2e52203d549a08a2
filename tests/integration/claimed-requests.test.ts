import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lane } from '../../src/domain/lane.ts';
import { inLanes } from '../../src/domain/in-lanes.ts';
import type { LoadError } from '../../src/domain/load-error.ts';
import { Claims } from '../../src/pipelines/loading/claims.ts';
import { claimRequests, releaseRequests } from '../../src/store/claimed-requests.ts';
import { closeRequests, insertRequests } from '../../src/store/load-requests.ts';
import { insertLoads } from '../../src/store/load-runs.ts';
import { recordOutcomes } from '../../src/store/record-outcomes.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { seededRandom } from '../support/faulty-splits.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

const [from, to] = ['2024-06-03', '2024-06-07'];
const sessions = ['2024-06-03', '2024-06-04', '2024-06-05', '2024-06-06', '2024-06-07'];
let instruments = 0;
/** Instruments of a test's own. */
const fresh = (count: number) => Array.from({ length: count }, () => (instruments += 1));

/** To the microsecond: what is answered before a run begins and what is answered after it may lie within one millisecond. */
async function databaseTime(): Promise<string> {
  const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(store.db);
  return rows[0]?.at ?? '';
}

/** Which requests count as asked. */
async function asked(ids: readonly number[]): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from market.load_requests where id = any(${ids}::bigint[]) and asked_at is not null order by id`.execute(
    store.db,
  );
  return rows.map(({ id }) => id);
}

interface RunOptions {
  /** A request for each of them, or one for a session of all of them. */
  readonly instruments: readonly number[];
  readonly session?: string;
  readonly range?: { readonly from: string; readonly to: string };
  readonly again?: readonly string[];
  readonly interval?: '1d' | '1h';
}

/** A run that has planned its one request, or one an instrument. */
async function runOf({ instruments: its, session, range = { from, to }, again = [], ...rest }: RunOptions) {
  const { db } = store;
  const { interval = '1d' } = rest;
  const runId = randomUUID();
  const run = { runId, workflowId: runId, flow: 'test', parameters: { source: 'polygon', interval } };
  const startedAt = await databaseTime();
  await insertRun(db, { ...run, startedAt, sessions: { range: { from, to }, sessions, again } });
  const loads = its.map((instrumentId) => ({ symbol: `S${instrumentId}`, instrumentId }));
  await transaction(store, (tx) => insertLoads(tx, { ...run, source: 'polygon', interval, range, loads }));
  const { rows } = await sql<{ id: number }>`
    select id from market.load_runs where run_id = ${runId} order by id`.execute(db);
  const wanted =
    session === undefined
      ? rows.map(({ id }) => ({ loadId: id, range }))
      : [{ loadId: null, range: { from: session, to: session } }];
  await transaction(store, (tx) => insertRequests(tx, { runId, wave: 1 }, wanted, 100));
  const requests = await sql<{ id: number }>`
    select id from market.load_requests where run_id = ${runId} order by load_id`.execute(db);
  const ids = requests.rows.map((request) => request.id);
  const [id = 0] = ids;
  return {
    runId,
    id,
    ids,
    /** The requests in the order of their instruments, as a batch claims them. */
    batch: (freshMs?: number) => new Claims(db, 'background', ids, freshMs),
    claim: async (lane: Lane = 'background') => (await claimRequests(db, [id], lane)).get(id),
    /** Its answer is written. */
    async answered(error: LoadError | null = null) {
      const status = session === undefined ? (error === null ? 'success' : 'partial') : 'running';
      const outcome = { records: 1, changed: 1, settled: 0, status, error } as const;
      await recordOutcomes(
        db,
        rows.map((load) => ({ ...outcome, loadId: load.id })),
      );
      await closeRequests(db, runId, [{ id, requests: 1, error: null }]);
    },
    /** The answer to one of them is written. */
    async answeredOne(index: number) {
      const load = {
        loadId: rows[index]?.id ?? 0,
        records: 1,
        changed: 1,
        settled: 0,
        status: 'success',
      } as const;
      await recordOutcomes(db, [{ ...load, error: null }]);
      await closeRequests(db, runId, [{ id: ids[index] ?? 0, requests: 1, error: null }]);
    },
  };
}

test('who is alone asks, and asks again after a crash', async () => {
  const run = await runOf({ instruments: fresh(1) });
  expect([await run.claim(), await run.claim()]).toEqual(['ours', 'ours']);
});

test('the second waits for the first, and takes its answer', async () => {
  const its = fresh(1);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  expect([await first.claim(), await second.claim()]).toEqual(['ours', 'busy']);
  await first.answered();
  expect(await second.claim()).toBe('answered');
});

test('of many at once one asks', async () => {
  const its = fresh(1);
  const runs = await Promise.all(Array.from({ length: 6 }, () => runOf({ instruments: its })));
  const claims = await Promise.all(runs.map((run) => run.claim()));
  expect(claims.sort()).toEqual([...Array<string>(5).fill('busy'), 'ours']);
});

test('what was not asked after all is asked by the other', async () => {
  const its = fresh(1);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  await first.claim();
  await releaseRequests(store.db, [first.id]);
  expect(await second.claim()).toBe('ours');
});

const partial: LoadError = { kind: 'NotYetAvailable', message: 'no bar yet' };

test.each([
  ['is not whole', (its: readonly number[]) => runOf({ instruments: its }), partial],
  [
    'has fewer sessions',
    (its: readonly number[]) => runOf({ instruments: its, range: { from, to: '2024-06-05' } }),
    null,
  ],
  ['is of another interval', (its: readonly number[]) => runOf({ instruments: its, interval: '1h' }), null],
  ['is of other instruments', () => runOf({ instruments: fresh(1) }), null],
])('an answer that %s is not taken', async (_, other, error) => {
  const its = fresh(1);
  const [first, second] = [await other(its), await runOf({ instruments: its })];
  await first.claim();
  await first.answered(error);
  expect(await second.claim()).toBe('ours');
});

test('an answer to more is taken, one from before the run began is not', async () => {
  const its = fresh(1);
  const whole = await runOf({ instruments: its });
  const part = await runOf({ instruments: its, range: { from: '2024-06-04', to: '2024-06-05' } });
  await whole.claim();
  await whole.answered();
  const late = await runOf({ instruments: its });
  expect([await part.claim(), await late.claim()]).toEqual(['answered', 'ours']);
});

test('what is asked again whatever is stored is not taken from who asked before', async () => {
  const its = fresh(1);
  const first = await runOf({ instruments: its });
  await first.claim();
  const again = await runOf({ instruments: its, again: [from] });
  const beside = await runOf({ instruments: its });
  await first.answered();
  expect([await again.claim(), await beside.claim()]).toEqual(['ours', 'answered']);
});

test('a live request waits for no backfill', async () => {
  const its = fresh(1);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  await first.claim('background');
  expect(await second.claim('live')).toBe('ours');
  const third = await runOf({ instruments: its });
  expect(await third.claim('live')).toBe('busy');
});

test('nobody waits for who has died, or for a run that has ended', async () => {
  const its = fresh(1);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  await first.claim();
  await sql`update market.load_requests set asked_at = asked_at - interval '3 minutes' where id = ${first.id}`.execute(
    store.db,
  );
  expect(await second.claim()).toBe('ours');
  await sql`update market.runs set closed_at = now() where run_id = ${second.runId}`.execute(store.db);
  expect(await first.claim()).toBe('ours');
});

test('a market day of the same symbols or more is taken, one without a symbol is not', async () => {
  const [some, one] = [fresh(3), fresh(1)];
  const session = '2024-06-04';
  const [all, fewer, more] = [
    await runOf({ instruments: some, session }),
    await runOf({ instruments: some.slice(1), session }),
    await runOf({ instruments: [...some, ...one], session }),
  ];
  const series = await runOf({ instruments: some.slice(2), range: { from: session, to: session } });
  expect(await all.claim()).toBe('ours');
  expect([await fewer.claim(), await series.claim()]).toEqual(['busy', 'busy']);
  await all.answered();
  expect([await fewer.claim(), await more.claim()]).toEqual(['answered', 'ours']);
  // There is no bar of it: whether that means anything is judged later.
  expect(await series.claim()).not.toBe('answered');
});

test('a batch claims what follows as well, and lets go of what was not wanted', async () => {
  const its = fresh(60);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  const [mine, others] = [first.batch(), second.batch()];
  expect(await mine.claim(first.id)).toBe('ours');
  expect(await others.claim(second.ids[5] ?? 0)).toBe('busy');
  await mine.release();
  expect(await others.claim(second.ids[5] ?? 0)).toBe('ours');
  expect(await others.claim(second.id)).toBe('busy');
  expect(await asked(first.ids)).toEqual([first.id]);
});

test('a claim that has waited too long for its turn is made again', async () => {
  const its = fresh(3);
  const [first, second] = [await runOf({ instruments: its }), await runOf({ instruments: its })];
  const batch = first.batch(0);
  await batch.claim(first.id);
  await sql`update market.load_requests set asked_at = asked_at - interval '3 minutes' where run_id = ${first.runId}`.execute(
    store.db,
  );
  expect(await second.batch().claim(second.id)).toBe('ours');
  expect(await Promise.all(first.ids.slice(1).map((id) => batch.claim(id)))).toEqual(['busy', 'busy']);
});

test('what is no longer planned is not asked', async () => {
  const run = await runOf({ instruments: fresh(4) });
  const batch = run.batch();
  await sql`delete from market.load_requests where run_id = ${run.runId}`.execute(store.db);
  expect(await Promise.all(run.ids.map((id) => batch.claim(id)))).toEqual(run.ids.map(() => 'dropped'));
  await batch.release();
});

test('a failed statement is thrown to all that waited for it, and the next one is tried', async () => {
  const run = await runOf({ instruments: fresh(4) });
  const batch = run.batch();
  const rename = (from: string, to: string) =>
    sql`alter function market.${sql.ref(from)} rename to ${sql.ref(to)}`.execute(store.db);
  await rename('claim_requests', 'gone');
  const claims = await Promise.allSettled(run.ids.map((id) => batch.claim(id)));
  await rename('gone', 'claim_requests');
  expect(claims.map(({ status }) => status)).toEqual(run.ids.map(() => 'rejected'));
  expect(await Promise.all(run.ids.map((id) => batch.claim(id)))).toEqual(run.ids.map(() => 'ours'));
});

test.each([1, 2, 3, 4])('runs of overlapping symbols ask each once (seed %i)', async (seed) => {
  const random = seededRandom(seed);
  const its = fresh(80);
  const runs = [];
  for (let run = 0; run < 3; run += 1) {
    const own = its.filter(() => random() < 0.8).sort(() => random() - 0.5);
    runs.push({ own, run: await runOf({ instruments: own }) });
  }
  const times = new Map<number, number>();
  await Promise.all(
    runs.map(async ({ own, run }) => {
      const batch = run.batch(random() < 0.5 ? 0 : undefined);
      await inLanes([...own.keys()], 6, async (index) => {
        const instrument = own[index] ?? 0;
        let claim = await batch.claim(run.ids[index] ?? 0);
        while (claim === 'busy') claim = await batch.claim(run.ids[index] ?? 0);
        if (claim === 'ours') times.set(instrument, (times.get(instrument) ?? 0) + 1);
        await run.answeredOne(index);
      });
      await batch.release();
    }),
  );
  const wanted = new Set(runs.flatMap(({ own }) => own));
  expect([...wanted].map((id) => times.get(id))).toEqual([...wanted].map(() => 1));
});
