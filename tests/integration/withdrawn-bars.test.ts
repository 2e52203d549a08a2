import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownSessionDays, sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { withdrawBars } from '../../src/pipelines/loading/withdrawn-bars.ts';
import { writeAbsences } from '../../src/store/absences.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;
const runId = randomUUID();

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
});
afterAll(() => store.close());

const sessions = sessionDatesBetween({ from: '2024-01-02', to: '2024-02-29' });
const prices = { open: 1, high: 2, low: 1, close: 2, volume: 5, vwap: null, trades: null };
const origin = { source: 'polygon', interval: '1d', runId } as const;

/** A whole answer of some hour, and the sessions that it has no bar of. */
async function answer(instrumentId: number, observedAt: string, lacking: readonly string[]): Promise<void> {
  const rows = sessions
    .filter((session) => !lacking.includes(session))
    .map((session) => ({
      instrumentId,
      session,
      ...prices,
      settled: true,
      endpoint: 'series' as const,
      observedAt,
    }));
  const bars = incomingBars(rows);
  await transaction(store, async (tx) => {
    await writeBars(tx, origin, bars);
    const loaded = bars.map((one) => ({
      ...{ request: { id: 0, requests: 1, error: null }, interval: '1d' as const, bars: one, absences: [] },
      ...{ verdicts: [], events: [], rejected: [] },
    }));
    const [first] = loaded;
    if (first === undefined) return;
    const told = lacking.map((session) => ({ instrumentId, session }));
    const { absences } = await withdrawBars(tx, origin, [{ ...first, lacking: told }, ...loaded.slice(1)]);
    await writeAbsences(tx, origin, { bars, absences }, knownSessionDays);
  });
}

async function stored(instrumentId: number) {
  const { rows } = await sql<{ session: string }>`
    select session_date as session from market.daily_bars where instrument_id = ${instrumentId} order by 1`.execute(
    store.db,
  );
  return new Set(rows.map(({ session }) => session));
}

const apart = (one: string, other: string) => Math.abs(dayNumber(one) - dayNumber(other)) > 6;

const answers = fc.array(
  fc.record({
    hours: fc.constantFrom(1, 25, 49),
    lacking: fc.uniqueArray(fc.constantFrom(...sessions.slice(1, -1)), { maxLength: 2 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test('a bar is taken away once whole answers of two days lack it alone, and comes back with an answer that has it', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(answers, async (told) => {
      const id = await series.instrument(`GONE${(count += 1)}`);
      let clock = Date.parse('2024-03-10T15:00:00Z');
      await answer(id, new Date(clock).toISOString(), []);
      const missingSince = new Map<string, string>();
      const gone = new Set<string>();
      for (const { hours, lacking } of told) {
        clock += hours * 3_600_000;
        const observedAt = new Date(clock).toISOString();
        // New York is four hours behind from that Sunday on.
        const day = new Date(clock - 4 * 3_600_000).toISOString().slice(0, 10);
        await answer(id, observedAt, lacking);
        for (const session of [...missingSince.keys(), ...gone]) {
          if (lacking.includes(session)) continue;
          missingSince.delete(session);
          gone.delete(session);
        }
        for (const session of lacking)
          if (!gone.has(session) && !missingSince.has(session)) missingSince.set(session, day);
        const alone = (session: string) =>
          missingSince.keys().every((other) => other === session || apart(other, session));
        const taken = lacking.filter((session) => (missingSince.get(session) ?? day) < day && alone(session));
        for (const session of taken) {
          missingSince.delete(session);
          gone.add(session);
        }
        expect([...(await stored(id))]).toEqual(sessions.filter((session) => !gone.has(session)));
      }
      const { rows } = await sql<{ session: string }>`
        select session_date as session from market.bar_absences
        where instrument_id = ${id} and reason = 'withdrawn' and confirmed order by 1`.execute(store.db);
      const withdrawn = rows.map(({ session }) => session);
      expect(withdrawn).toEqual([...gone].sort());
    }),
    { numRuns: 25 },
  );
});

test('what a withdrawn bar was is kept, until then', async () => {
  const id = await series.instrument('KEPT');
  const session = sessions[3] ?? '';
  for (const day of ['2024-03-11', '2024-03-12', '2024-03-13'])
    await answer(id, `${day}T15:00:00Z`, day === '2024-03-11' ? [] : [session]);
  const { rows } = await sql`
    select close, known_until > known_from as was from market.daily_bar_versions
    where instrument_id = ${id} and session_date = ${session}`.execute(store.db);
  expect(rows).toEqual([{ close: 2, was: true }]);
  expect((await stored(id)).has(session)).toBe(false);
});
