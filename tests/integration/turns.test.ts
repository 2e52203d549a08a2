import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lane } from '../../src/domain/lane.ts';
import { enterTurn, inTurn, leaveTurn, unlessTaken } from '../../src/pipelines/sharing/in-turn.ts';
import { endTurn } from '../../src/store/turns.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

const never = new AbortController().signal;
let turns = 0;

/** Work of a name of its own. */
function someWork() {
  turns += 1;
  const name = `work ${turns}`;
  return (holder: string, { since = null, lane = 'live' }: { since?: string | null; lane?: Lane } = {}) => ({
    ...{ name, holder, since, lane },
    signal: never,
  });
}

const longAgo = '2020-01-01T00:00:00Z';
/** A time by which its holder ought to have been heard of has passed. */
const silence = ({ name }: { readonly name: string }) =>
  sql`update market.turns set held_until = clock_timestamp() where name = ${name}`.execute(store.db);

test('of many at once one does it, and for the others it is done', async () => {
  const work = someWork();
  let times = 0;
  const results = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      inTurn(store.db, work(`run ${index}`, { since: longAgo }), () => Promise.resolve((times += 1))),
    ),
  );
  expect([times, results.filter((result) => result === null).length]).toEqual([1, 5]);
});

test('what has failed is done by the next', async () => {
  const work = someWork();
  const failing = () => Promise.reject(new Error('no'));
  await expect(inTurn(store.db, work('first', { since: longAgo }), failing)).rejects.toThrow('no');
  expect(await inTurn(store.db, work('second', { since: longAgo }), () => Promise.resolve('well'))).toBe(
    'well',
  );
});

test('what was done before a run began is done again', async () => {
  const work = someWork();
  await inTurn(store.db, work('first'), () => Promise.resolve(1));
  const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(store.db);
  const since = rows[0]?.at ?? '';
  expect(await inTurn(store.db, work('second', { since }), () => Promise.resolve(2))).toBe(2);
});

test('nobody waits for a holder that has died, nor what is urgent for what is not', async () => {
  const work = someWork();
  await enterTurn(store.db, work('backfill', { lane: 'background' }));
  await expect(enterTurn(store.db, work('other', { lane: 'background' }))).rejects.toThrow('another run');
  await enterTurn(store.db, work('live'));
  await expect(enterTurn(store.db, work('backfill', { lane: 'background' }))).rejects.toThrow('another run');
  await silence(work(''));
  await enterTurn(store.db, work('backfill', { lane: 'background' }));
});

test('one that is left for a time is held for that, and is its holder’s again', async () => {
  const work = someWork();
  await enterTurn(store.db, work('first'));
  await leaveTurn(store.db, work('first'), 0);
  expect(await unlessTaken(store.db, work('second'), () => Promise.resolve(2))).toBeNull();
  await enterTurn(store.db, work('first'));
  await endTurn(store.db, work('first'), { done: false });
  expect(await unlessTaken(store.db, work('second'), () => Promise.resolve(2))).toBe(2);
});

test('who has lost his turn neither keeps it nor ends that of another', async () => {
  const work = someWork();
  await enterTurn(store.db, work('first'));
  await silence(work(''));
  await enterTurn(store.db, work('second'));
  await endTurn(store.db, work('first'), { done: true });
  await leaveTurn(store.db, work('first'), 0);
  await expect(enterTurn(store.db, work('third'))).rejects.toThrow('another run');
});

test('who waits hears that he is to end', async () => {
  const work = someWork();
  await enterTurn(store.db, work('first'));
  const ending = new AbortController();
  const waiting = inTurn(store.db, { ...work('second'), signal: ending.signal }, () => Promise.resolve(2));
  ending.abort(new Error('told to end'));
  await expect(waiting).rejects.toThrow();
});
