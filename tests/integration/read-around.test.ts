import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { judgedBars } from '../../src/pipelines/quality/judged-bars.ts';
import { readAround } from '../../src/pipelines/quality/read-around.ts';
import { judgeSeries } from '../../src/quality/judge-series.ts';
import { copyBars, decodeBars, type StoredSeries } from '../../src/store/bar-series.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const source = 'polygon';
const sessions = sessionDatesBetween({ from: '2021-06-01', to: '2023-12-29' });
/** Sessions of each symbol: all, one of two, of four, of six, those of the last weeks, those of the first ones. */
const rhythms = [1, 2, 4, 6, 1, 1];
const shown = sessions.map((_, at) => rhythms.map((every, row) => at % every === row % every));

let store: TestDatabase;
let ids: readonly number[] = [];

beforeAll(async () => {
  store = await freshDatabase();
  const { rows } = await sql<{ id: number }>`insert into market.instruments (symbol, type, active)
    select 'R' || n, 'CS', true from generate_series(1, ${rhythms.length}::int) n returning id`.execute(
    store.db,
  );
  ids = rows.map(({ id }) => id);
  const cells = sessions.flatMap((session, at) =>
    ids.flatMap((id, row) => {
      const isThere = row === 4 ? at > sessions.length - 30 : row === 5 ? at < 90 : shown[at]?.[row];
      return isThere === true ? [{ id, session, at }] : [];
    }),
  );
  // Of some bars the high, or the volume, is far from the others, more and less so.
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled, endpoint,
      run_id, observed_at)
    select id, ${source}, session::date, close, close * (1 + 0.3 * (hash % 7 = 0)::int + 0.004 * (hash % 5)), close * 0.99, close,
      10000 * (1 + (hash >> 8) % 4) * case when hash % 11 = 0 then 30 else 1 end, true, 'series', gen_random_uuid(), now()
    from jsonb_to_recordset(${JSON.stringify(cells)}::jsonb) cell(id int, session text, at int),
      lateral (select abs(hashint8(id * 7919 + at)) as hash) hashed, lateral (select 20 + (at % 40) * 0.1 as close) priced`.execute(
    store.db,
  );
});
afterAll(() => store.close());

function judged(series: ReadonlyMap<number, StoredSeries>, range: { from: string; to: string }) {
  const days = [dayNumber(range.from), dayNumber(range.to)] as const;
  return ids.map((id) => {
    const stored = series.get(id);
    const bars = stored && judgedBars(stored, { splits: [], hasVolume: true });
    return bars === undefined ? [] : judgeSeries(bars.series, { days }).map(({ row: _, ...found }) => found);
  });
}

test('a bar is judged beside what is read around it as beside all that there is', async () => {
  const all = await transaction(store, (tx) =>
    copyBars(tx, { instrumentIds: ids, source, since: '1990-01-01', through: '2099-12-31' }),
  );
  const [first, last] = [fc.nat({ max: sessions.length - 1 }), fc.nat({ max: 80 })];
  let found = 0;
  await fc.assert(
    fc.asyncProperty(first, last, async (at, more) => {
      const range = {
        from: sessions[at] ?? '',
        to: sessions[Math.min(at + more, sessions.length - 1)] ?? '',
      };
      const around = await transaction(store, (tx) => readAround(tx, { source, instrumentIds: ids, range }));
      const expected = judged(decodeBars(all), range);
      expect(judged(around, range)).toEqual(expected);
      found += expected.flat().length;
    }),
    {
      numRuns: 40,
      examples: [
        [sessions.length - 1, 0],
        [0, 0],
        [85, 6],
      ],
    },
  );
  expect(found).toBeGreaterThan(0);
});

test('of few sessions amid many little is read', async () => {
  const [daily = NaN, thin = NaN] = [ids[0], ids[2]];
  const range = { from: '2022-11-15', to: '2022-11-16' };
  const around = await transaction(store, (tx) =>
    readAround(tx, { source, instrumentIds: [daily, thin], range }),
  );
  expect(around.get(daily)?.day.length).toBeLessThan(150);
  expect(around.get(thin)?.day.length).toBeGreaterThan(120);
});
