import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putRight } from '../../src/pipelines/identity/put-right.ts';
import { rowsAsOf, takeInstant, wasKnown, type AsOf } from '../../src/store/as-of.ts';
import { writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import {
  dateOf,
  kinds,
  meantBy,
  misplacedWorld,
  termsOf,
  type MisplacedWorld,
  type ToldRow,
} from '../support/misplaced-world.ts';

let store: TestDatabase;

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

/** One instrument under each ticker of each company, as lists bring them that say nothing of the past; the last is its own. */
async function enterInstruments({ companies }: MisplacedWorld) {
  const own: number[] = [];
  const byTicker = new Map<string, number[]>();
  for (const [place, { tickers }] of companies.entries()) {
    for (const ticker of new Set(tickers.map((one) => one.ticker))) {
      const { rows } = await sql<{ id: number }>`
        insert into market.instruments (symbol, figi, active, delisted_on)
        values (${ticker}, ${`F${place}`}, false, ${`19${70 + place}-01-01`}) returning id`.execute(store.db);
      const id = rows[0]?.id ?? 0;
      byTicker.set(ticker, [...(byTicker.get(ticker) ?? []), id]);
      if (ticker === tickers.at(-1)?.ticker) own[place] = id;
    }
  }
  return {
    idOf: (company: number) => own[company] ?? 0,
    under: (ticker: string) => byTicker.get(ticker) ?? [],
  };
}

/** Whose a mark is of whom nothing is known. */
const nobody = 99;

/** A number that says whose a row is and what it is of. */
const markOf = (world: MisplacedWorld, row: ToldRow) => (meantBy(world, row) ?? nobody) * 100 + row.session;

async function tell(world: MisplacedWorld, row: ToldRow, id: number, runId: string): Promise<void> {
  const { kind, ticker, session, told } = row;
  const mark = markOf(world, row);
  const [date, at] = [dateOf(session), `${dateOf(told)}T20:00:00Z`];
  const source = kinds[kind] === 'told' ? 'yahoo' : 'polygon';
  const values = sql`${mark}, ${mark}, ${mark}, ${mark}, 1, true, 'series', ${runId}, ${at}`;
  const columns = sql`open, high, low, close, volume, settled, endpoint, run_id, observed_at`;
  const bar = sql`insert into market.daily_bars (instrument_id, source, session_date, ${columns})
    values (${id}, ${source}, ${date}, ${values}) on conflict do nothing`;
  if (kind === 'bar' || kind === 'barOfToday')
    await sql`insert into market.bar_corrections
        (instrument_id, source, session_date, field, value, observed, person, reason)
      values (${id}, ${source}, ${date}, 'close', ${mark}, ${mark}, 'ann@desk', 'a test')
      on conflict do nothing`.execute(store.db);
  const statements = {
    bar,
    barOfToday: bar,
    hour: sql`insert into market.intraday_bars (instrument_id, source, interval, session_date, opens_at, ${columns})
      values (${id}, ${source}, '1h', ${date}, ${`${date}T14:30:00Z`}, ${values}) on conflict do nothing`,
    revision: sql`insert into market.bar_revisions (instrument_id, source, interval, session_date, ${columns}, replaced_at,
        replaced_by, known_from)
      values (${id}, ${source}, '1d', ${date}, ${values}, ${at}, ${runId}, clock_timestamp()) on conflict do nothing`,
    absence: sql`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason,
        confirmed, run_id, observed_at)
      values (${id}, ${source}, '1d', ${date}, ${date}, 'no_trade', true, ${runId}, ${at}) on conflict do nothing`,
    action: sql`insert into market.corporate_actions (instrument_id, source, provider_id, ticker, kind, ex_date, amount,
        status, run_id, observed_at, first_observed_at)
      values (${id}, ${source}, ${randomUUID()}, ${ticker}, 'cash_dividend', ${date}, ${mark}, 'effective', ${runId}, ${at}, ${at})`,
    statement: sql`insert into market.fundamentals (instrument_id, source, statement, frequency, period_end, observed_at,
        available_at, total_revenue, figures, run_id)
      values (${id}, ${source}, 'financials', 'annual', ${date}, ${at}, ${at}, ${mark}, '{}', ${runId})`,
  };
  await statements[kind].execute(store.db);
}

/** What lies under each instrument, and whose it is, as known at an instant, or now. */
async function known(ids: readonly number[], asOf?: AsOf): Promise<readonly string[]> {
  const bars = (table: string, history: string, what: string) => sql`
    select ${what} as what, instrument_id as id, source, session_date as day, close as mark
    from ${rowsAsOf(table, history, asOf)} b`;
  const { rows } = await sql<{ text: string }>`
    select concat_ws(' ', what, id, source, day, mark) as text from (
      ${bars('daily_bars', 'daily_bar', 'bar')} union all ${bars('intraday_bars', 'intraday_bar', 'hour')}
      union all select 'correction', instrument_id, source, session_date, value
        from ${rowsAsOf('bar_corrections', 'bar_correction', asOf)} c
      union all select 'absence', instrument_id, source, session_date, last_session - session_date
        from ${rowsAsOf('bar_absences', 'bar_absence', asOf)} a
      union all select 'action', instrument_id, source, ex_date, amount
        from ${rowsAsOf('corporate_actions', 'corporate_action', asOf)} a
      union all select 'statement', instrument_id, source, period_end, total_revenue
        from market.fundamentals f where ${wasKnown('f', asOf)}
      union all select 'merged', id, coalesce(merged_into::text, ''), null, null
        from ${rowsAsOf('instruments', 'instrument', asOf)} i
    ) all_known where id = any(${ids}::int[]) order by 1`.execute(store.db);
  return rows.map(({ text }) => text);
}

async function allIds(): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol !~ '^GONE' order by id`.execute(store.db);
  return rows.map(({ id }) => id);
}

interface Mark {
  readonly what: string;
  readonly id: number;
  readonly mark: number;
}

async function marks(): Promise<readonly Mark[]> {
  const { rows } = await sql<Mark>`
    select 'bar' as what, instrument_id as id, close as mark from market.daily_bars
    union all select 'hour', instrument_id, close from market.intraday_bars
    union all select 'revision', instrument_id, close from market.bar_revisions
    union all select 'correction', instrument_id, value from market.bar_corrections
    union all select 'action', instrument_id, amount from market.corporate_actions
    union all select 'statement', instrument_id, total_revenue from market.fundamentals where known_until is null`.execute(
    store.db,
  );
  return rows;
}

/** What bears the mark of a company that is known lies under its instrument. */
async function misplacedMarks(idOf: (company: number) => number): Promise<readonly Mark[]> {
  return (await marks()).filter(({ id, mark }) => mark < nobody * 100 && id !== idOf(Math.floor(mark / 100)));
}

const distinctMarks = async () =>
  [...new Set((await marks()).map(({ what, mark }) => `${what} ${mark}`))].sort();

const settle = () => putRight({ store, vocabulary: 'polygon', now: () => new Date() }, null);

async function enterTerms(world: MisplacedWorld, idOf: (company: number) => number): Promise<void> {
  await transaction(store, (tx) =>
    writeTerms(tx, 'polygon', termsOf(world, idOf), { runId: null, reason: null }),
  );
}

async function enterRunOf(id: number, symbol: string, runId: string): Promise<void> {
  await sql`insert into market.runs (run_id, workflow_id, flow, parameters, sessions, status, started_at)
    values (${runId}, 'test', 'polygon-historical-backfill', '{}', '{}', 'running', now()) on conflict do nothing`.execute(
    store.db,
  );
  await sql`with load as (
      insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval, range_start, range_end, status)
      values ('test', ${runId}, ${symbol}, ${id}, 'polygon', '1d', '2024-01-01', '2024-12-31', 'running') returning id)
    insert into market.load_requests (run_id, wave, batch, load_id, range_start, range_end, status)
    select ${runId}, 0, 0, id, '2024-01-01', '2024-12-31', 'pending' from load`.execute(store.db);
}

const empty = [
  'daily_bars',
  'intraday_bars',
  'bar_revisions',
  'bar_absences',
  'bar_corrections',
  'fundamentals',
  'moves',
  'placements',
];

/** Instruments stay for ever: those of before are called otherwise. */
async function clear(): Promise<void> {
  await sql`update market.instruments set active = false, merged_into = null, symbol = 'GONE' || id, figi = null`.execute(
    store.db,
  );
  await sql`delete from market.symbol_history`.execute(store.db);
  for (const table of empty) await sql`delete from ${sql.table(`market.${table}`)}`.execute(store.db);
  await sql`delete from market.corporate_actions`.execute(store.db);
}

test('all that lies under the wrong instrument is moved once, and as of before it lies where it was', async () => {
  await fc.assert(
    fc.asyncProperty(misplacedWorld, async (world) => {
      await clear();
      const { idOf, under } = await enterInstruments(world);
      const place = ({ ticker, put }: ToldRow) => {
        const ids = under(ticker);
        return ids.length === 0 ? null : (ids[put % ids.length] ?? null);
      };
      const runId = randomUUID();
      for (const row of world.rows) {
        const id = place(row);
        if (id !== null) await tell(world, row, id, runId);
      }
      const before = await takeInstant(store.db);
      const shown = await known(await allIds(), before);
      const told = await distinctMarks();
      await enterTerms(world, idOf);
      await settle();
      expect(await misplacedMarks(idOf)).toEqual([]);
      expect(await distinctMarks()).toEqual(told);
      const ids = await allIds();
      expect(await known(ids, before)).toEqual(shown);
      const settled = await known(ids);
      expect(await settle()).toEqual({ moved: 0, merged: 0 });
      expect(await known(ids)).toEqual(settled);
      // Runs that were under way go on under the tickers that they know.
      for (const row of world.late) {
        const id = place(row);
        if (id === null) continue;
        const late = randomUUID();
        await enterRunOf(id, row.ticker, late);
        await tell(world, row, id, late);
      }
      await settle();
      expect(await misplacedMarks(idOf)).toEqual([]);
      expect(await settle()).toEqual({ moved: 0, merged: 0 });
    }),
    // To make an example smaller takes minutes.
    {
      numRuns: Number(process.env.MISPLACED_RUNS ?? 20),
      endOnFailure: true,
    },
  );
});

test('killed in the middle it is as before, and done by the next run', async () => {
  await clear();
  const enter = async (symbol: string) => {
    const { rows } = await sql<{
      id: number;
    }>`insert into market.instruments (symbol, figi, active, delisted_on)
      values (${symbol}, 'F0', ${symbol === 'CCC'}, ${symbol === 'CCC' ? null : '2024-03-08'}) returning id`.execute(
      store.db,
    );
    return rows[0]?.id ?? 0;
  };
  const [old, own] = [await enter('AAA'), await enter('CCC')];
  const world: MisplacedWorld = {
    companies: [
      {
        tickers: [
          { ticker: 'AAA', from: 0, to: 4 },
          { ticker: 'CCC', from: 5, to: null },
        ],
      },
    ],
    rows: [],
    late: [],
  };
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
    await tell(world, { kind, ticker: 'AAA', session: 1, told: 2, put: 0 }, old, randomUUID());
  await enterTerms(world, () => own);
  const before = await known([old, own]);
  await sql`
    create function market.die() returns trigger language plpgsql as $$
    begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`.execute(store.db);
  await sql`create trigger die before insert on market.moves for each row when (new.what = 'fundamentals')
    execute function market.die()`.execute(store.db);
  await expect(settle()).rejects.toThrow();
  expect(await known([old, own])).toEqual(before);
  await sql`drop trigger die on market.moves`.execute(store.db);
  expect(await settle()).toEqual({ moved: 7, merged: 1 });
  expect((await marks()).map(({ id }) => id)).toEqual(Array.from({ length: 8 }, () => own));
  expect(await settle()).toEqual({ moved: 0, merged: 0 });
});
