import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IndicatorsRequest } from '../../src/runs/indicators-request.ts';
import { addDays } from '../../src/domain/date-range.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { indicatorColumns } from '../../src/indicators/columns.ts';
import { storedColumns } from '../../src/store/write-indicators.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { indicatorRuns } from '../support/indicator-runs.ts';
import { refuseRows } from '../support/refuse-rows.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';
import { walk, type BarRow } from '../unit/indicators/series.ts';

let store: TestDatabase;
let series: StoredSeries;
let runs: ReturnType<typeof indicatorRuns>;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
  runs = indicatorRuns(store);
});
afterAll(async () => {
  await runs.end();
  await store.close();
});

const sessions = sessionsBetween({ from: '2022-01-03', to: '2024-06-14' }).map(({ session }) => session);
const at = (index: number) => sessions.at(index) ?? '';
const daysBack = 300;
/** What comes in until `at(-10)`; the rest is appended. */
const untilThen = sessions.length - 9;
const then = at(-10);
const windowStart = addDays(then, -daysBack);

function datedWalk(seed: number): readonly DatedBar[] {
  const rows = walk(sessions.length, 50, seed);
  return sessions.map((session, index): DatedBar => [session, rows[index] ?? [1, 1, 1, 1, 1]]);
}

const request = (
  symbol: string,
  session: string,
  over: Partial<IndicatorsRequest> = {},
): IndicatorsRequest => ({
  nominalTime: '2024-06-15T12:00:00Z',
  rows: { daysBack, calculationDate: session },
  source: 'polygon',
  waitSeconds: null,
  symbols: [symbol],
  ...over,
});

let instruments = 0;

/** An instrument with bars until `at(-10)` and with the indicators of them. */
async function computedInstrument() {
  const symbol = `T${(instruments += 1)}`;
  const id = await series.instrument(symbol);
  const bars = datedWalk(instruments);
  await series.write(id, bars.slice(0, untilThen));
  const first = await runs.run(request(symbol, then));
  return { symbol, id, bars, first };
}

const revisionsOf = async (id: number) => {
  const { rows } = await sql<{
    session: string;
  }>`select session_date as session from market.indicator_revisions
    where instrument_id = ${id} order by session_date`.execute(store.db);
  return rows.map(({ session }) => session);
};
const errorOf = async (runId: string) => {
  const { rows } = await sql`select status, error_kind as kind, error_message as message from market.load_runs
    where run_id = ${runId}`.execute(store.db);
  return rows[0];
};
const raised = ([open, high, low, close, volume]: BarRow): BarRow => [open, high * 1.02, low, close, volume];

test('the columns of the table are those of the registry', async () => {
  const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_schema = 'market' and table_name = 'indicators' order by ordinal_position`.execute(store.db);
  expect(rows.map(({ name }) => name)).toEqual([...storedColumns(indicatorColumns, true), 'known_from']);
});

describe('a first run', () => {
  test('writes the rows of the window as the whole history has them', async () => {
    const { id, first } = await computedInstrument();
    await series.expectRecomputed(id, { from: windowStart, to: then });
    expect(first).toMatchObject({ totalSymbols: 1, successful: 1, calculationDate: then });
    expect(first.totalRecords).toBe(first.changedRecords);
    expect(first.totalRecords).toBeGreaterThan(200);
  });

  test('says why values lack of which there are too few bars before', async () => {
    const symbol = 'YOUNG';
    const id = await series.instrument(symbol);
    await series.write(id, datedWalk(99).slice(-1));
    const { runId, successful } = await runs.run(request(symbol, at(-1)));
    expect(successful).toBe(1);
    expect(await errorOf(runId)).toMatchObject({
      kind: 'warming_up',
      message: '1 bars, some values need 200',
    });
    await series.expectRecomputed(id, { from: at(-1), to: at(-1) });
  });

  test('fails for a symbol without bars, and for one that nobody knows', async () => {
    await series.instrument('EMPTY');
    const summary = await runs.run(request('EMPTY', then, { symbols: ['EMPTY', 'NOSUCH'] }));
    expect(summary).toMatchObject({ totalSymbols: 2, failed: 2, totalRecords: 0 });
    expect(summary.failedSymbols).toEqual([
      { symbol: 'EMPTY', error: 'NoBars: there is no bar to compute from' },
      { symbol: 'NOSUCH', error: 'SymbolNotFound: no instrument NOSUCH in this database' },
    ]);
  });
});

test('what cannot be stored fails alone, and the next run repairs it', async () => {
  const symbols = ['GOOD1', 'POISON', 'GOOD2', 'GOOD3'];
  const ids = new Map<string, number>();
  for (const symbol of symbols) {
    const id = await series.instrument(symbol);
    ids.set(symbol, id);
    await series.write(id, datedWalk(7).slice(0, untilThen));
  }
  const when = `new.instrument_id = ${ids.get('POISON') ?? 0}`;
  const allow = await refuseRows(store, { table: 'market.indicators', when, state: '22003' });
  const refused = await runs.run(request('', then, { symbols }));
  const cause = 'WriteRefused: what came cannot be stored: no room for this row (SQLSTATE 22003)';
  expect(refused).toMatchObject({ successful: 3, failed: 1 });
  expect(refused.failedSymbols).toEqual([{ symbol: 'POISON', error: cause }]);
  await allow();
  expect(await runs.run(request('', then, { symbols }))).toMatchObject({ successful: 4, failed: 0 });
  for (const id of ids.values()) await series.expectRecomputed(id, { from: windowStart, to: then });
});

describe('a later run', () => {
  test('computes nothing when nothing has changed', async () => {
    const { symbol, first } = await computedInstrument();
    expect(await runs.run(request(symbol, then))).toMatchObject({
      totalRecords: 0,
      changedRecords: 0,
      successful: first.successful,
    });
  });

  test('adds one row for a further day', async () => {
    const { symbol, id, bars } = await computedInstrument();
    await series.write(id, bars.slice(untilThen, untilThen + 1));
    const { totalRecords, changedRecords } = await runs.run(request(symbol, at(-9)));
    expect([totalRecords, changedRecords]).toEqual([1, 1]);
    expect(await revisionsOf(id)).toEqual([]);
    const { stored } = series;
    expect((await stored(id)).sessions.at(-1)).toBe(at(-9));
    await series.expectRecomputed(id, { from: windowStart, to: at(-9) });
  });

  test('computes again from a revised bar on, and keeps what was there', async () => {
    const { symbol, id, bars } = await computedInstrument();
    const [session = '', row] = bars[untilThen - 5] ?? [];
    await series.write(id, [[session, raised(row ?? [1, 1, 1, 1, 1])]]);
    const { totalRecords, changedRecords } = await runs.run(request(symbol, then));
    expect([totalRecords, changedRecords]).toEqual([5, 5]);
    expect(await revisionsOf(id)).toEqual(sessions.slice(untilThen - 5, untilThen));
    await series.expectRecomputed(id, { from: windowStart, to: then });
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 0, changedRecords: 0 });
  });

  test('computes nothing for bars that were only settled', async () => {
    const { symbol, id } = await computedInstrument();
    await sql`update market.daily_bars set observed_at = observed_at + interval '1 hour'
      where instrument_id = ${id}`.execute(store.db);
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 0, changedRecords: 0 });
  });

  test('rewrites stored rows of before the window when an old bar is revised', async () => {
    const { symbol, id, bars } = await computedInstrument();
    await series.write(id, bars.slice(untilThen));
    const [session = '', row] = bars[3] ?? [];
    await series.write(id, [[session, raised(row ?? [1, 1, 1, 1, 1])]]);
    await runs.run(request(symbol, at(-1), { rows: { daysBack: 20, calculationDate: at(-1) } }));
    const stored = await series.stored(id);
    expect(stored.sessions.length).toBeGreaterThan(210);
    await series.expectRecomputed(id, { from: windowStart, to: at(-1) });
  });

  test('makes values null from a missing session on, and computes them once it is filled', async () => {
    const symbol = 'HOLEY';
    const id = await series.instrument(symbol);
    const bars = datedWalk(77);
    const missing = untilThen - 3;
    await series.write(id, bars.slice(0, untilThen).toSpliced(missing, 1));
    const first = await runs.run(request(symbol, then));
    expect(first).toMatchObject({ partial: 1, successful: 0 });
    expect(await errorOf(first.runId)).toEqual({
      status: 'partial',
      kind: 'partial',
      message: `one session has no bar, the first is ${at(missing)}: values lack until it is filled`,
    });
    const { reasons, numbers } = await series.stored(id);
    expect(reasons.slice(-3)).toEqual(['partial', 'partial', 'partial']);
    expect([...(numbers.get('obv') ?? [])].slice(-4).map(Number.isNaN)).toEqual([false, true, true, true]);
    await series.expectRecomputed(id, { from: windowStart, to: then });
    // Nothing new is computed, and it is still said that something lacks.
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 0, partial: 1 });
    await series.write(id, bars.slice(missing, missing + 1));
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 3, changedRecords: 3 });
    await series.expectRecomputed(id, { from: windowStart, to: then });
  });

  test('takes the row of a missing session away once it is known that there was no trade', async () => {
    const symbol = 'QUIET';
    const id = await series.instrument(symbol);
    const missing = untilThen - 3;
    await series.write(id, datedWalk(78).slice(0, untilThen).toSpliced(missing, 1));
    await runs.run(request(symbol, then));
    await series.absent(id, at(missing));
    expect(await runs.run(request(symbol, then))).toMatchObject({
      totalRecords: 2,
      changedRecords: 3,
      successful: 1,
    });
    expect((await series.stored(id)).sessions).not.toContain(at(missing));
    await series.expectRecomputed(id, { from: windowStart, to: then });
  });

  test('leaves rows before a new split as they are: they are read in the new shares', async () => {
    const { symbol, id, bars } = await computedInstrument();
    const exDate = at(-9);
    await series.split(id, exDate, 4);
    const after = bars.slice(untilThen).map(([session, [o, h, l, c, v]]): DatedBar => {
      return [session, [o / 4, h / 4, l / 4, c / 4, v * 4]];
    });
    await series.write(id, after);
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 0, changedRecords: 0 });
    expect(await runs.run(request(symbol, at(-1)))).toMatchObject({ totalRecords: 9, changedRecords: 9 });
    expect(await revisionsOf(id)).toEqual([]);
    await series.expectRecomputed(id, { from: windowStart, to: at(-1) });
    const { rows } = await sql<{
      basis: string | null;
      count: number;
    }>`select split_basis as basis, count(*)::int as count
      from market.indicators where instrument_id = ${id} group by split_basis order by split_basis`.execute(
      store.db,
    );
    expect(rows).toEqual([
      { basis: exDate, count: 9 },
      { basis: null, count: expect.any(Number) as number },
    ]);
  });

  test('computes again from the ex-date of a split that is heard of late, and everything for one before another', async () => {
    const { symbol, id } = await computedInstrument();
    await series.split(id, at(-12), 2);
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 3 });
    await series.expectRecomputed(id, { from: windowStart, to: then });
    await series.split(id, at(-40), 3);
    const { totalRecords } = await runs.run(request(symbol, then));
    expect(totalRecords).toBeGreaterThan(200);
    await series.expectRecomputed(id, { from: windowStart, to: then });
  });

  test('computes everything again when the parameters have changed', async () => {
    const { symbol, id, first } = await computedInstrument();
    await sql`update market.indicators set parameters_version = 'old', sma_20 = sma_20 + 1
      where instrument_id = ${id}`.execute(store.db);
    await sql`update market.indicator_states set parameters_version = 'old'
      where instrument_id = ${id}`.execute(store.db);
    expect(await runs.run(request(symbol, then))).toMatchObject({
      totalRecords: first.totalRecords,
      changedRecords: first.totalRecords,
    });
    expect((await revisionsOf(id)).length).toBe(first.totalRecords);
    await series.expectRecomputed(id, { from: windowStart, to: then });
  });

  test('recomputes a range that was asked for, and changes nothing where it is right', async () => {
    const { symbol, id } = await computedInstrument();
    const range = { from: at(-30), to: at(-21) };
    const ranged = request(symbol, then, { rows: { range } });
    expect(await runs.run(ranged)).toMatchObject({
      totalRecords: 10,
      changedRecords: 0,
      calculationDate: at(-21),
    });
    await sql`update market.indicators set rsi_14 = 50 where instrument_id = ${id} and session_date = ${at(-25)}`.execute(
      store.db,
    );
    expect(await runs.run(ranged)).toMatchObject({ totalRecords: 10, changedRecords: 1 });
    expect(await revisionsOf(id)).toEqual([at(-25)]);
    await series.expectRecomputed(id, { from: windowStart, to: then });
  });

  test('computes a range of long ago without touching what lies between', async () => {
    const { symbol, id, first } = await computedInstrument();
    const range = { from: at(20), to: at(29) };
    expect(await runs.run(request(symbol, then, { rows: { range } }))).toMatchObject({
      changedRecords: 10,
    });
    expect((await series.stored(id)).sessions.length).toBe(first.totalRecords + 10);
    expect(await runs.run(request(symbol, then))).toMatchObject({ totalRecords: 0 });
  });
});

test('prices of yahoo that come again under a new basis change values in their last digits, and are no revision', async () => {
  const yahoo = await storedSeries(store, 'yahoo');
  const id = await yahoo.instrument('REBASED');
  const bars = datedWalk(5);
  const wish = { source: 'yahoo' as const };
  await yahoo.write(id, bars.slice(0, untilThen), then);
  await runs.run(request('REBASED', then, wish));
  await yahoo.split(id, at(-9), 7);
  const rebased = bars.map(([session, [o, h, l, c, v]]): DatedBar => {
    return [session, [Math.fround(o / 7), Math.fround(h / 7), Math.fround(l / 7), Math.fround(c / 7), v * 7]];
  });
  await yahoo.write(id, rebased, at(-1));
  const { changedRecords } = await runs.run(request('REBASED', at(-1), wish));
  expect(changedRecords).toBeGreaterThan(200);
  expect(await revisionsOf(id)).toEqual([]);
  await yahoo.expectRecomputed(id, { from: windowStart, to: at(-1) });
  expect(await runs.run(request('REBASED', at(-1), wish))).toMatchObject({
    totalRecords: 0,
    changedRecords: 0,
  });
});

/** What may happen to a series between two runs. */
const happenings = ['append', 'revise', 'skip', 'fill', 'no trade', 'split'] as const;

test.each([1, 2, 3])('any sequence of changes ends in the rows of the whole history (%i)', async (seed) => {
  const symbol = `SEQ${seed}`;
  const id = await series.instrument(symbol);
  const bars = datedWalk(200 + seed);
  let [end, state] = [sessions.length - 60, seed * 7919];
  const chance = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const holes: number[] = [];
  await series.write(id, bars.slice(0, end));
  await runs.run(request(symbol, at(end - 1)));
  const happen = {
    append: () => series.write(id, bars.slice(end, (end += 1))),
    async revise() {
      const index = end - 1 - chance(250);
      const [session = '', row] = bars[index] ?? [];
      if (!holes.includes(index)) await series.write(id, [[session, raised(row ?? [1, 1, 1, 1, 1])]]);
    },
    async skip() {
      holes.push(end);
      await series.write(id, bars.slice(end + 1, end + 2));
      end += 2;
    },
    async fill() {
      const index = holes.shift();
      if (index !== undefined) await series.write(id, bars.slice(index, index + 1));
    },
    async 'no trade'() {
      const index = holes.shift();
      if (index !== undefined) await series.absent(id, at(index));
    },
    async split() {
      await series.split(id, at(end), 2 + chance(3));
      await series.write(id, bars.slice(end, (end += 1)));
    },
  };
  const from = addDays(at(end - 1), -daysBack);
  for (let step = 0; step < 14; step += 1) {
    const happening = happenings[chance(happenings.length)] ?? 'append';
    await happen[happening]();
    await runs.run(request(symbol, at(end - 1)));
    await series.expectRecomputed(id, { from, to: at(end - 1) });
    expect(await runs.run(request(symbol, at(end - 1)))).toMatchObject({
      totalRecords: 0,
      changedRecords: 0,
    });
  }
});
