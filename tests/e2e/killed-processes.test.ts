import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lastClosedSession, sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { ProcessRef } from '../../src/runtime/processes.ts';
import type { RuntimeState } from '../../src/runtime/state.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let market: Simulator;
let installation: TestInstallation;

beforeAll(async () => {
  market = await startSimulator({
    source: generatedMarket({ symbols: 1200, seed: 5, calendar: { sessionsBetween } }),
  });
  installation = await startInstallation({
    MARKET: 'live',
    POLYGON_BASE_URL: market.url,
    POLYGON_API_KEY: 'x',
    // About six seconds for what has to be asked: the kills come in the middle.
    POLYGON_REQUESTS_PER_MINUTE: '600',
    LOAD_RETRY_DELAY_SECONDS: '1',
    YAHOO_DELAY_BETWEEN_REQUESTS_MS: '100',
  });
  expect(await installation.run('symbols', 'sync')).toMatchObject({ code: 0 });
}, 180_000);
afterAll(async () => {
  await installation.down();
  await market.close();
}, 180_000);
beforeEach(forget);

async function forget(): Promise<void> {
  await sql`truncate market.daily_bars, market.intraday_bars, market.bar_revisions, market.bar_absences, market.market_days,
    market.load_requests, market.load_runs, market.run_events, market.runs`.execute(installation.store.db);
}

/** Those that absences are compared by: when they were told says where one range of them ends and the next begins. */
const sessions = sessionsBetween({ from: '2020-01-01', to: new Date().toISOString().slice(0, 10) }).map(
  (one) => one.session,
);

/** A digest of everything that a run leaves, values only: run ids, times and attempts aside. */
async function tables(): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(',', i.symbol, session_date, open, high, low, close, volume, vwap, trades, settled, endpoint) as line
    from market.daily_bars join market.instruments i on i.id = instrument_id
    union all
    select concat_ws(',', 'revised', instrument_id, session_date) from market.bar_revisions
    union all
    select concat_ws(',', 'absent', i.symbol, day, reason)
    from market.bar_absences join market.instruments i on i.id = instrument_id
    join unnest(${sessions}::date[]) as day on day between session_date and last_session
    union all
    select concat_ws(',', 'load', symbol, range_start, range_end, records_count, status, error_kind) from market.load_runs
    order by 1`.execute(installation.store.db);
  expect(rows.length).toBeGreaterThan(50_000);
  return createHash('sha256')
    .update(rows.map(({ line }) => line).join('\n'))
    .digest('hex');
}

const victims: readonly (readonly [string, (state: RuntimeState) => ProcessRef | undefined])[] = [
  ['the worker', ({ workers }) => workers.find(({ pool }) => pool === 'data-ingestion')?.process],
  ['PostgreSQL', ({ database }) => database?.process],
  ['Temporal', ({ temporal }) => temporal?.process],
];

type BarTable = 'market.daily_bars' | 'market.intraday_bars';

async function bars(table: BarTable = 'market.daily_bars'): Promise<number> {
  const { rows } = await sql<{ bars: number }>`select count(*)::int as bars from ${sql.table(table)}`.execute(
    installation.store.db,
  );
  return rows[0]?.bars ?? 0;
}

/** Kills them one after the other, each while the run is further on than it was before. */
async function killEach(table?: BarTable): Promise<void> {
  let least = 1_000;
  for (const [name, find] of victims) {
    const further = { timeout: 60_000, interval: 200, message: `before ${name}` };
    await expect.poll(() => bars(table), further).toBeGreaterThan(least);
    const victim = find(installation.state());
    process.kill(victim?.pid ?? NaN, 'SIGKILL');
    const successor = () => find(installation.state())?.pid;
    await expect.poll(successor, { timeout: 60_000, message: `a new ${name}` }).not.toBe(victim?.pid);
    least = await bars(table).catch(() => least);
  }
}

const range = ['--start-date', '2024-01-01', '--end-date', '2024-03-31'];
test.each([
  ['a backfill of 1,000 symbols', ['backfill', '--max-symbols', '1000', ...range]],
  ['a daily run', ['run', 'polygon-daily-ingestion', '--days-back', '90']],
])(
  'worker, PostgreSQL and Temporal killed during %s leave the tables of an undisturbed run',
  async (_, command) => {
    const undisturbed = await installation.run(...command, '--json');
    expect(undisturbed.code).toBe(0);
    const expected = await tables();
    await forget();
    const disturbed = installation.run(...command, '--json');
    await killEach();
    const { code, stdout, stderr } = await disturbed;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const figures = (text: string) => {
      const { totalSymbols, successful, partial, failed } = JSON.parse(text) as Record<string, number>;
      return { totalSymbols, successful, partial, failed };
    };
    expect(figures(stdout)).toEqual(figures(undisturbed.stdout));
    expect(await tables()).toBe(expected);
  },
  480_000,
);

test('killed in the middle of Yahoo’s hours, workers, PostgreSQL and Temporal leave the tables of an undisturbed run', async () => {
  const { rows } = await sql<{ symbol: string }>`select symbol from market.instruments
    where active and type = 'CS' and listed_on is null order by symbol limit 60`.execute(
    installation.store.db,
  );
  const symbols = rows.map(({ symbol }) => symbol).join(',');
  // Up to the last close: of an open session each moment has other bars.
  const { session, closesAt } = lastClosedSession(new Date());
  const hours = async () => {
    const stored = await sql<{ count: number; digest: string }>`
      select count(*)::int as count, md5(string_agg(line, ',' order by line)) as digest from (
        select concat_ws(' ', instrument_id, opens_at, open, high, low, close, volume, settled, split_basis) as line
        from market.intraday_bars where opens_at < ${closesAt}
        union all select concat_ws(' ', 'revised', instrument_id, opens_at) from market.bar_revisions
        where session_date <= ${session}
        union all select concat_ws(' ', 'absent', instrument_id, day, opens_at, reason) from market.bar_absences
        join unnest(${sessions}::date[]) as day on day between session_date and last_session
        where day <= ${session}
        union all select concat_ws(' ', 'load', symbol, status, error_kind, records_count - (
          select count(*) from market.intraday_bars bar
          where bar.instrument_id = load.instrument_id and opens_at >= ${closesAt}
        )) from market.load_runs load
      ) line`.execute(installation.store.db);
    return stored.rows[0] ?? { count: 0, digest: '' };
  };
  const run = ['run', 'yahoo-market-data-hourly', '--symbols', symbols];
  expect(await installation.run(...run)).toMatchObject({ code: 0 });
  const undisturbed = await hours();
  expect(undisturbed.count).toBeGreaterThan(150_000);

  await forget();
  const running = installation.run(...run);
  await killEach('market.intraday_bars');
  expect(await running).toMatchObject({ code: 0 });
  expect(await hours()).toEqual(undisturbed);
}, 480_000);

test('the worker killed while a run is paused, given another range, and cancelled: no run is stuck', async () => {
  const json = async (...args: string[]) => {
    const { code, stdout } = await installation.run(...args, '--json');
    expect({ args, code, stdout }).toEqual({ args, code: 0, stdout });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const killWorker = async () => {
    const find = victims[0]?.[1] ?? (() => undefined);
    const pid = find(installation.state())?.pid;
    process.kill(pid ?? NaN, 'SIGKILL');
    await expect.poll(() => find(installation.state())?.pid, { timeout: 60_000 }).not.toBe(pid);
  };
  const status = async (id: string) => (await json('runs', 'inspect', id)).status;
  const start = async (...args: string[]) => {
    const { runId } = await json('backfill', ...args, '--max-symbols', '300', '--no-wait');
    await expect.poll(() => bars(), { timeout: 60_000 }).toBeGreaterThan(0);
    return String(runId);
  };

  // Half a minute at this pace, whatever few symbols are kept of each day: it is still under way when it is told.
  const long = ['--start-date', '2023-01-01', '--end-date', '2024-03-31'];
  const steered = await start(...long);
  await json('runs', 'pause', steered);
  await killWorker();
  await json('runs', 'change', steered, '--from', '2024-02-01', '--to', '2024-02-29');
  await json('runs', 'resume', steered);
  await killWorker();
  await expect.poll(() => status(steered), { timeout: 90_000, interval: 500 }).toBe('completed');
  const { summary, loads } = (await json('runs', 'inspect', steered)) as {
    summary: { totalSymbols: number; successful: number; partial: number; failed: number };
    loads: readonly { rangeStart: string; rangeEnd: string; status: string }[];
  };
  expect(summary.failed).toBe(0);
  expect(summary.successful + summary.partial).toBe(summary.totalSymbols);
  expect(new Set(loads.map(({ rangeStart, rangeEnd }) => `${rangeStart}..${rangeEnd}`))).toEqual(
    new Set(['2024-02-01..2024-02-29']),
  );
  const february = await bars();
  await json('backfill', '--from', '2024-02-01', '--to', '2024-02-29', '--max-symbols', '300');
  expect(await bars()).toBe(february);

  await forget();
  const cancelled = await start(...long);
  await json('runs', 'cancel', cancelled);
  await killWorker();
  await expect.poll(() => status(cancelled), { timeout: 90_000, interval: 500 }).toBe('cancelled');
}, 480_000);
