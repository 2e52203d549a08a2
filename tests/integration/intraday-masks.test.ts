import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { dateOfDayNumber } from '../../src/domain/date-range.ts';
import { slotsOf } from '../../src/domain/interval.ts';
import { absentRanges } from '../../src/store/absent-ranges.ts';
import { settledIntradayDays } from '../../src/store/intraday-bars.ts';
import { readIntradayMasks } from '../../src/store/intraday-masks.ts';
import { daysWithAnyBar } from '../../src/store/stored-days.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let ids: readonly number[];

beforeAll(async () => {
  store = await freshDatabase();
  const series = await storedSeries(store);
  ids = await Promise.all(['ONE', 'TWO', 'THREE'].map((symbol) => series.instrument(symbol)));
});
afterAll(() => store.close());

const of = { source: 'yahoo', interval: '1h' } as const;
/** Over a half day, the third of July. */
const sessions = sessionsBetween({ from: '2024-06-20', to: '2024-07-10' });
const expected = sessions.map((session) => ({
  session: session.session,
  bars: slotsOf(session, '1h').length,
}));
const range = { from: '2024-06-01', to: '2024-07-31' };

const hour = fc.record({
  id: fc.nat({ max: 2 }),
  session: fc.constantFrom(...sessions),
  /** What becomes of each slot; those beyond the last are not used. */
  slots: fc.array(fc.constantFrom('settled', 'settled', 'settled', 'moving', 'absent', 'doubted', 'none'), {
    minLength: 7,
    maxLength: 7,
  }),
  alike: fc.option(fc.constantFrom('settled', 'absent', 'moving')),
});
const silence = fc.record({
  id: fc.nat({ max: 2 }),
  from: fc.constantFrom('2024-05-20', '2024-06-03', '2024-07-11'),
  to: fc.constantFrom('2024-07-15', '2024-08-09'),
  confirmed: fc.boolean(),
});

async function fill(
  hours: readonly (typeof hour extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<void> {
  for (const { id, session, slots, alike } of hours)
    for (const [at, { fromMs }] of slotsOf(session, '1h').entries()) {
      const state = alike ?? slots[at] ?? 'none';
      const key = [ids[id], session.session, new Date(fromMs)] as const;
      if (state === 'settled' || state === 'moving')
        await sql`insert into market.intraday_bars (instrument_id, source, interval, session_date, opens_at, open, high, low,
            close, volume, settled, endpoint, run_id, observed_at)
          values (${key[0]}, 'yahoo', '1h', ${key[1]}, ${key[2]}, 1, 1, 1, 1, 1, ${state === 'settled'}, 'series',
            gen_random_uuid(), now()) on conflict do nothing`.execute(store.db);
      else if (state !== 'none')
        await sql`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, opens_at,
            reason, confirmed, run_id, observed_at)
          values (${key[0]}, 'yahoo', '1h', ${key[1]}, ${key[1]}, ${key[2]}, 'no_trade', ${state === 'absent'},
            gen_random_uuid(), now()) on conflict do nothing`.execute(store.db);
    }
}

/** Days by instrument and state, as the planner and the coverage know them. */
async function known(): Promise<readonly string[]> {
  const settled = await settledIntradayDays(store.db, { ...of, instrumentIds: ids, expected });
  const any = await daysWithAnyBar(store.db, { ...of, instrumentIds: ids }, range);
  const absent = await absentRanges(store.db, { ...of, instrumentIds: ids, range });
  const texts: string[] = [];
  for (const id of ids) {
    const whole = new Set(settled.get(id));
    for (const day of whole) texts.push(`${id} settled ${dateOfDayNumber(day)}`);
    for (const day of any.get(id) ?? [])
      if (!whole.has(day)) texts.push(`${id} provisional ${dateOfDayNumber(day)}`);
    for (const [first, last] of absent.get(id) ?? [])
      for (let day = first; day <= last; day += 1) texts.push(`${id} absent ${dateOfDayNumber(day)}`);
  }
  return texts.sort();
}

async function read(): Promise<{ readonly texts: readonly string[]; readonly stamps: string }> {
  const query = { ...of, from: '2024-06-01', to: '2024-07-01', expected };
  const masks = await transaction(store, (tx) => readIntradayMasks(tx, query));
  const texts: string[] = [];
  for (const [at, month] of masks.months.entries())
    for (const [place, id] of masks.instrumentIds.entries())
      for (const kind of ['settled', 'provisional', 'absent'] as const)
        for (let day = 1; day <= 31; day += 1)
          if (((masks[kind][at]?.[place] ?? 0) >>> (day - 1)) & 1)
            texts.push(`${id} ${kind} ${month.slice(0, 8)}${String(day).padStart(2, '0')}`);
  return { texts: texts.sort(), stamps: masks.stamps.join() };
}

test('the masks of hours are what the planner knows of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(hour, { minLength: 1, maxLength: 6 }),
      fc.array(silence, { maxLength: 2 }),
      async (hours, silences) => {
        await sql`delete from market.intraday_bars`.execute(store.db);
        await sql`delete from market.bar_absences`.execute(store.db);
        await fill(hours);
        for (const { id, from, to, confirmed } of silences)
          await sql`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason,
              confirmed, run_id, observed_at)
            values (${ids[id]}, 'yahoo', '1h', ${from}, ${to}, 'not_listed', ${confirmed}, gen_random_uuid(), now())
            on conflict do nothing`.execute(store.db);
        const { texts, stamps } = await read();
        expect([...new Set(texts)]).toEqual([...new Set(await known())]);
        expect((await read()).stamps).toBe(stamps);
      },
    ),
    { numRuns: 30, endOnFailure: true },
  );
});
