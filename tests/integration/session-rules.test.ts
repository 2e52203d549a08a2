import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { qualityRules } from '../../src/domain/quality-rule.ts';
import { judgeWholeSessions } from '../../src/pipelines/quality/judge-whole-sessions.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { newestSession, sessionCounts } from '../../src/store/session-counts.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

const dates = sessionsBetween({ from: '2024-01-02', to: '2024-02-09' }).map(({ session }) => session);
const last = dates.at(-1) ?? '';
const range = { from: dates[12] ?? '', to: last };
const afterwards = '2024-02-10T16:00:00Z';
let store: TestDatabase;
let polygon: StoredSeries;
let ids: readonly number[] = [];

beforeAll(async () => {
  store = await freshDatabase();
  polygon = await storedSeries(store);
  const made: number[] = [];
  for (let at = 0; at < 60; at += 1) made.push(await polygon.instrument(`S${at}`));
  ids = made;
});
afterAll(() => store.close());
beforeEach(() =>
  emptyTables(store, [...dailyTables, 'daily_bar_versions', 'quality_findings', 'finding_events']),
);

/** A bar of each instrument and session, unless it is left out. */
async function trade(isLeftOut: (instrument: number, date: string) => boolean): Promise<void> {
  const cells = ids.flatMap((id, at) =>
    dates.filter((date) => !isLeftOut(at, date)).map((date) => ({ id, date })),
  );
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
      endpoint, run_id, observed_at)
    select id, 'polygon', date, 10, 11, 9, 10, 1000, true, 'series', ${randomUUID()}::uuid, timestamptz '2024-01-01'
    from unnest(${cells.map(({ id }) => id)}::int[], ${cells.map(({ date }) => date)}::date[]) c(id, date)`.execute(
    store.db,
  );
}
const judge = (over: { readonly nominalTime?: string; readonly range?: typeof range } = {}) =>
  judgeWholeSessions(store, {
    runId: randomUUID(),
    range,
    rules: qualityRules,
    nominalTime: afterwards,
    ...over,
  });
const findings = async () =>
  (await readFindings(store.db, { instrumentIds: null, severity: null, status: null })).map(
    ({ rule, severity, status, source, from, evidence }) => ({
      rule,
      severity,
      status,
      source,
      from,
      evidence,
    }),
  );

describe('row_count', () => {
  test('finds the session that lacks symbols which come every day, once, and closes when they come', async () => {
    const bad = dates[20] ?? '';
    await trade((at, date) => date === bad && at < 2);
    await judge();
    await judge();
    const expected = { rule: 'row_count', severity: 'error', source: 'polygon', from: bad };
    expect(await findings()).toEqual([{ ...expected, status: 'open', evidence: { steady: 60, came: 58 } }]);
    await polygon.write(ids[0] ?? 0, [[bad, [10, 11, 9, 10, 1000]]]);
    await judge();
    expect(await findings()).toMatchObject([{ ...expected, status: 'repaired' }]);
  });

  test('says nothing of one in fifty, of symbols that trade now and then, and of a session that has not come', async () => {
    await trade(
      (at, date) =>
        (at < 5 && dates.indexOf(date) % 3 === 0) || (at === 7 && date === dates[20]) || date === last,
    );
    await judge({ nominalTime: `${last}T22:00:00Z` });
    expect(await findings()).toEqual([]);
  });

  test('counts as a loop over the cells does', async () => {
    const traded = fc.array(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: dates.length, maxLength: dates.length }),
      {
        minLength: 6,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(traded, fc.integer({ min: 1, max: 4 }), async (all, before) => {
        await emptyTables(store, dailyTables);
        const has = (at: number, row: number) => at < 6 && (all[at]?.[row] ?? 0) > 0;
        await trade((at, date) => !has(at, dates.indexOf(date)));
        const expected = dates.slice(before).map((session, at) => {
          const steady = all.filter((_, one) =>
            dates.slice(at, at + before).every((_date, row) => has(one, at + row)),
          );
          return {
            session,
            steady: steady.length,
            came: steady.filter((one) => (one[at + before] ?? 0) > 0).length,
          };
        });
        expect(await sessionCounts(store.db, 'polygon', { sessions: dates, before })).toEqual(expected);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});

test('the newest session is the last day of the last month with a bar of the source', async () => {
  for (const [day, newest] of [
    ['2024-01-02', '2024-01-02'],
    ['2023-12-29', '2024-01-02'],
    ['2024-01-31', '2024-01-31'],
    ['2024-02-01', '2024-02-01'],
  ]) {
    if (day === '2024-01-02') await emptyTables(store, dailyTables);
    await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled, endpoint,
        run_id, observed_at)
      select min(id), 'polygon', ${day}::date, 1, 1, 1, 1, 1, ${day !== '2024-01-31'}, 'series', gen_random_uuid(), now()
      from market.instruments`.execute(store.db);
    expect(await newestSession(store.db, 'polygon')).toBe(newest);
    expect(await newestSession(store.db, 'yahoo')).toBeNull();
  }
  await emptyTables(store, dailyTables);
});

describe('staleness', () => {
  test('is one finding for as long as it lasts, graver on the second session, and ends with the bars', async () => {
    const [first = '', second = ''] = dates.slice(-2);
    await trade((_, date) => date >= first);
    const until = (date: string) => ({
      nominalTime: `${date}T23:30:00Z`,
      range: { from: range.from, to: date },
    });
    // Its evening is not over.
    await judge(until(first));
    expect(await findings()).toEqual([]);
    await judge({ nominalTime: `${second}T16:00:00Z`, range: { ...range, to: first } });
    expect(await findings()).toMatchObject([
      { rule: 'staleness', severity: 'warn', status: 'open', from: first },
    ]);
    await judge();
    expect(await findings()).toMatchObject([
      { severity: 'error', from: first, evidence: { sessionsBehind: 2 } },
    ]);
    // A range of long ago says nothing of today.
    await judge({ range: { from: range.from, to: dates[14] ?? '' } });
    expect(await findings()).toMatchObject([{ status: 'open' }]);
    await polygon.write(ids[0] ?? 0, [[last, [10, 11, 9, 10, 1000]]]);
    await judge();
    expect((await findings()).filter(({ rule }) => rule === 'staleness')).toMatchObject([
      { status: 'repaired' },
    ]);
  });

  test('is not of a source that has nothing, nor of one that nobody is watched of', async () => {
    await judge();
    await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
        endpoint, run_id, observed_at)
      values (${ids[0] ?? 0}, 'yahoo', ${dates[0] ?? ''}, 1, 1, 1, 1, 1, true, 'series', ${randomUUID()}::uuid, now())`.execute(
      store.db,
    );
    await judge();
    expect(await findings()).toEqual([]);
  });
});

describe('a settled bar', () => {
  const validate = () =>
    validateBatch(store, { runId: randomUUID(), range, checks: ['withdrawn', 'late_revision'] }, ids);
  const [session = ''] = dates.slice(-5);
  const one = () => ids[0] ?? 0;

  test('whose price has changed since is found, and another volume is not', async () => {
    await polygon.write(one(), [[session, [10, 11, 9, 10, 1000]]]);
    await polygon.write(one(), [[session, [10, 11, 9, 10, 1200]]]);
    await validate();
    expect(await findings()).toEqual([]);
    await polygon.write(one(), [[session, [10, 11, 9, 10.5, 1200]]]);
    await validate();
    await validate();
    expect(await findings()).toMatchObject([
      {
        ...{ rule: 'late_revision', severity: 'warn', status: 'open', from: session },
        evidence: { bar: { close: 10.5 }, fields: [{ field: 'close', was: 10, value: 10.5 }] },
      },
    ]);
  });

  test('that is gone is found, and one that was moved is not', async () => {
    await polygon.write(one(), [[session, [10, 11, 9, 10, 1000]]]);
    const drop = () => sql`delete from market.daily_bars where instrument_id = ${one()}`.execute(store.db);
    await drop();
    await validate();
    expect(await findings()).toMatchObject([{ rule: 'withdrawn', severity: 'warn', from: session }]);
    await polygon.write(ids[1] ?? 0, [[session, [10, 11, 9, 10, 1000]]]);
    await validate();
    expect(await findings()).toMatchObject([{ rule: 'withdrawn', status: 'repaired' }]);
  });

  test('and those beside it that changed at once are one finding, however little of them is judged', async () => {
    const five = dates.slice(-5);
    const all = (close: number) =>
      polygon.write(
        one(),
        five.map((date) => [date, [10, 11, 9, close, 1000]]),
      );
    await all(10);
    await all(10.5);
    const tail = { from: last, to: last };
    const wish = { checks: ['late_revision' as const], range: tail };
    await validateBatch(store, { runId: randomUUID(), ...wish }, ids);
    await validate();
    const { rows } = await sql`select range_start::text as "from", range_end::text as "to", status,
      evidence ->> 'sessions' as sessions from market.quality_findings`.execute(store.db);
    expect(rows).toEqual([{ from: five[0], to: last, status: 'open', sessions: '5' }]);
  });

  test('of which something else is found needs no second finding', async () => {
    await trade((at) => at > 0);
    await polygon.write(one(), [[session, [10, 11, 0.1, 10, 1000]]]);
    await validateBatch(store, { runId: randomUUID(), range, checks: ['wick', 'late_revision'] }, ids);
    expect((await findings()).map(({ rule }) => rule)).toEqual(['wick']);
    await polygon.write(one(), [[session, [10, 11, 9, 10, 1000]]]);
    await validateBatch(store, { runId: randomUUID(), range, checks: ['wick', 'late_revision'] }, ids);
    expect(await findings()).toMatchObject([{ rule: 'wick', status: 'repaired' }]);
  });

  test('that was provisional before is none', async () => {
    await polygon.write(one(), [[session, [10, 11, 9, 10, 1000]]]);
    await sql`update market.daily_bars set settled = false`.execute(store.db);
    await emptyTables(store, ['daily_bar_versions']);
    await polygon.write(one(), [[session, [10, 12, 9, 10, 1000]]]);
    await validate();
    expect(await findings()).toEqual([]);
  });
});
