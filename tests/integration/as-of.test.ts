import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { indicatorColumns } from '../../src/indicators/columns.ts';
import { adjustedThrough, adjustments, readBarsOfMany } from '../../src/store/adjusted-bars.ts';
import { rowsAsOf, takeInstant, type AsOf } from '../../src/store/as-of.ts';
import { storedActions } from '../../src/store/corporate-actions.ts';
import { latestStatements, readKeyStatistics } from '../../src/store/fundamentals.ts';
import { readUniverse, readWatched } from '../../src/store/instruments.ts';
import { readIndicatorsOfMany } from '../../src/store/read-indicators.ts';
import { unknownSessions } from '../../src/store/unknown-sessions.ts';
import { withheldBars } from '../../src/store/withheld-bars.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { knownRange, write } from '../support/known-operation.ts';
import { operation } from '../support/known-operations.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
});
afterAll(() => store.close());

const range = { from: knownRange.from, to: knownRange.to };
const sessions = sessionDatesBetween(range);

const byId = (read: ReadonlyMap<number, unknown>) => [...read].sort(([one], [other]) => one - other);

/** All that is known of instruments, as text; unset: now. */
async function everythingKnown(ids: readonly number[], asOf?: AsOf): Promise<string> {
  const { db } = store;
  const then = asOf === undefined ? {} : { asOf };
  const known: unknown[] = [await storedActions(db, ids, asOf)];
  const ours = ({ id }: { readonly id: number }) => ids.includes(id);
  known.push(
    (await readUniverse(db, range, null, asOf)).filter(ours),
    (await readWatched(db, asOf)).filter(ours),
  );
  for (const source of ['polygon', 'yahoo'] as const)
    for (const interval of ['1d', '1h'] as const)
      for (const adjust of adjustments) {
        const wish = { instrumentIds: ids, source, interval, range, adjust, ...then };
        const since = ids.map((instrumentId) => ({ instrumentId, since: range.from }));
        for (const read of [
          await readBarsOfMany(db, wish),
          await withheldBars(db, wish),
          await adjustedThrough(db, since, wish),
        ])
          known.push(byId(read));
      }
  const rows = { instrumentIds: ids, range, columns: indicatorColumns, extra: null };
  known.push(byId(await readIndicatorsOfMany(db, { ...rows, source: 'polygon', ...then })));
  for (const instrumentId of ids) {
    known.push(
      await latestStatements(db, instrumentId, asOf),
      await readKeyStatistics(db, instrumentId, asOf),
    );
  }
  const absences = await sql`
    select instrument_id, source, interval, session_date, last_session, opens_at, reason, confirmed, run_id, observed_at,
      tellers
    from ${rowsAsOf('bar_absences', 'bar_absence', asOf)} absence where instrument_id = any(${ids}::int[])
    order by 1, 2, 3, 4, 6`.execute(db);
  known.push(absences.rows);
  return JSON.stringify(known);
}

async function newInstruments(): Promise<readonly number[]> {
  const name = randomUUID().slice(0, 8).toUpperCase();
  return Promise.all(['A', 'B'].map((letter) => series.instrument(`X${name}${letter}`)));
}

interface Reading {
  readonly asOf: AsOf;
  readonly known: string;
}

async function read(ids: readonly number[]): Promise<Reading> {
  const asOf = await takeInstant(store.db);
  return { asOf, known: await everythingKnown(ids, asOf) };
}

const writers = fc.array(fc.array(operation, { minLength: 20, maxLength: 25 }), {
  minLength: 3,
  maxLength: 3,
});

test('what is read beside three writers is read again as of then, whatever is written later', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(writers, { minLength: 1, maxLength: 2 }), async (rounds) => {
      const ids = await newInstruments();
      const readings: Reading[] = [];
      const readThrice = async () => {
        for (let time = 0; time < 3; time += 1) readings.push(await read(ids));
      };
      for (const round of rounds) {
        await Promise.all([...round.map((operations) => write(store, ids, operations)), readThrice()]);
        const quiet = await read(ids);
        // With nobody writing, as of now is what the tables have.
        expect(quiet.known).toBe(await everythingKnown(ids));
        readings.push(quiet);
      }
      for (const { asOf, known } of readings) expect(await everythingKnown(ids, asOf)).toBe(known);
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

test('two reads between which nothing has changed are as of one instant, and a change has a later one', async () => {
  const ids = await newInstruments();
  const first = await takeInstant(store.db);
  expect(await takeInstant(store.db)).toBe(first);
  await write(store, ids, fc.sample(operation, { numRuns: 8, seed: 7 }));
  expect((await takeInstant(store.db)) > first).toBe(true);
});

test('a session first observed later is not known, one that had no bar is', async () => {
  const [id = NaN] = await newInstruments();
  const before = await takeInstant(store.db);
  const daily = { instrumentIds: [id], source: 'polygon', interval: '1d' } as const;
  const unknown = async (asOf: AsOf) =>
    (await unknownSessions(store.db, daily, { sessions, asOf })).get(id) ?? [];
  const [first = '', second = ''] = sessions;
  await series.write(id, [[first, [1, 1, 1, 1, 1]]]);
  await series.absent(id, second);
  expect([...(await unknown(before))]).toEqual(sessions);
  expect([...(await unknown(await takeInstant(store.db)))]).toEqual(sessions.slice(2));
});

test('a writer that does not end keeps nobody from reading what was known before it', async () => {
  const [id = NaN] = await newInstruments();
  const before = await takeInstant(store.db);
  const client = await store.connect();
  await client.query('begin');
  await client.query('select market.stamp()');
  expect(await takeInstant(store.db)).toBe(before);
  await client.query('rollback');
  client.release();
  expect(id).toBeGreaterThan(0);
});
