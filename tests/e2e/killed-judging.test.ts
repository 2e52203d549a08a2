import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { DailyBar } from '../../src/domain/bar.ts';
import type { ProcessRef } from '../../src/runtime/processes.ts';
import type { RuntimeState } from '../../src/runtime/state.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import type { MarketSource } from '../../src/simulator/market/market-source.ts';
import { hashCell, unit } from '../../src/simulator/market/seeded-hash.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { waitingLocks } from '../support/waiting-locks.ts';

const range = { from: '2024-01-02', to: '2024-06-28' };
const given = ['--start-date', range.from, '--end-date', range.to];
let isFaulty = true;
let market: Simulator;
let installation: TestInstallation;

beforeAll(async () => {
  const source = generatedMarket({ symbols: 60, seed: 5, calendar: { sessionsBetween } });
  market = await startSimulator({ source: faulty(source) });
  installation = await startInstallation({
    MARKET: 'live',
    POLYGON_BASE_URL: market.url,
    POLYGON_API_KEY: 'x',
    POLYGON_REQUESTS_PER_MINUTE: '6000',
    LOAD_RETRY_DELAY_SECONDS: '1',
    BATCH_SIZE: '10',
  });
  expect(await installation.run('symbols', 'sync')).toMatchObject({ code: 0 });
}, 180_000);
afterAll(async () => {
  await installation.down();
  await market.close();
}, 180_000);

/** A market that says now and then what is no price, or what nobody traded at. */
function faulty(source: MarketSource): MarketSource {
  const change = (symbol: string, bar: DailyBar): DailyBar => {
    const cell = Array.from(`${symbol} ${bar.session}`, (one) => one.charCodeAt(0));
    const place = cell.reduce((sum, code) => hashCell(sum, code, 0), 7);
    const drawn = isFaulty ? unit(hashCell(place, 1, 2)) : 1;
    if (drawn < 0.004) return { ...bar, low: -1 };
    return drawn < 0.008 ? { ...bar, high: bar.high * 3 } : bar;
  };
  return {
    ...source,
    find: (symbol) => source.find(symbol),
    bars: (symbol, span) => source.bars(symbol, span).map((bar) => change(symbol, bar)),
    marketDay: (session) =>
      source.marketDay(session).map((row) => ({ ...row, bar: change(row.symbol, row.bar) })),
  };
}

/** Until what runs beside a run, such as corporate actions, has ended as well. */
async function allEnded(): Promise<void> {
  const open = async () => {
    const { rows } = await sql<{
      count: number;
    }>`select count(*)::int as count from market.runs
      where closed_at is null and flow <> 'reask-gaps'`.execute(installation.store.db);
    return rows[0]?.count;
  };
  await expect.poll(open, { timeout: 120_000, interval: 100 }).toBe(0);
}

async function forget(): Promise<void> {
  await sql`truncate market.daily_bars, market.bar_revisions, market.bar_absences, market.market_days, market.rejected_rows,
    market.quality_findings, market.finding_events, market.load_requests, market.load_runs, market.run_events,
    market.runs`.execute(installation.store.db);
}

/** What is found and stored, and how often each thing became of a finding: run ids and times aside. */
async function told(): Promise<readonly string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', rule, severity, status, i.symbol, f.source, range_start, range_end, f.evidence - 'observedAt',
      (select string_agg(event, ',' order by e.at) from market.finding_events e where e.finding_id = f.id and event <> 'seen')) as line
    from market.quality_findings f left join market.instruments i on i.id = f.instrument_id
    union all select concat_ws(' ', 'bar', instrument_id, session_date, open, high, low, close, volume) from market.daily_bars
    union all select concat_ws(' ', 'absent', instrument_id, session_date, last_session, reason) from market.bar_absences
    order by 1`.execute(installation.store.db);
  return rows.map(({ line }) => line);
}

interface Phase {
  readonly command: readonly string[];
  /** What it cannot write to while it is held. */
  readonly table: string;
}
const judge = ['run', 'market-data-validation', ...given];
const phases: readonly Phase[] = [
  { command: ['backfill', ...given], table: 'market.rejected_rows' },
  { command: judge, table: 'market.quality_findings' },
  { command: ['repair', ...given], table: 'market.daily_bars' },
];

/** All of it, each phase done by `start`, and what is left judged once more; what is bad is right once it was judged. */
async function passAll(start: (phase: Phase) => Promise<{ readonly code: number | null }>) {
  await forget();
  const codes = [];
  for (const [at, phase] of phases.entries()) {
    isFaulty = at < 2;
    codes.push((await start(phase)).code);
    await allEnded();
  }
  codes.push((await installation.run(...judge)).code);
  return { codes, told: await told() };
}

type Find = (state: RuntimeState) => ProcessRef | undefined;
const victims: readonly (readonly [string, Find])[] = [
  ['the worker', ({ workers }) => workers.find(({ pool }) => pool === 'data-ingestion')?.process],
  ['PostgreSQL', ({ database }) => database?.process],
];

/** Runs a phase, and kills a process while it waits to write. */
async function killedIn({ command, table }: Phase, find: Find) {
  const holder = new pg.Client({ connectionString: installation.state().database?.url });
  // It loses its connection where PostgreSQL is what is killed.
  holder.on('error', () => undefined);
  await holder.connect();
  await holder.query(`begin; lock table ${table} in share row exclusive mode`);
  const running = installation.run(...command);
  const waiting = () => waitingLocks(installation.store.db, table);
  await expect.poll(waiting, { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
  const pid = find(installation.state())?.pid;
  process.kill(pid ?? NaN, 'SIGKILL');
  await expect.poll(() => find(installation.state())?.pid, { timeout: 60_000 }).not.toBe(pid);
  await holder.end();
  return running;
}

test('killed while it keeps what was refused, what was found or what was mended, it comes to what it undisturbed comes to', async () => {
  // What is told of splits and dividends is there from the first pass on, as it is in all others.
  isFaulty = false;
  expect(await installation.run('backfill', ...given)).toMatchObject({ code: 0 });
  await allEnded();
  const undisturbed = await passAll(({ command }) => installation.run(...command));
  expect(undisturbed.codes).toEqual([0, 1, 0, 1]);
  for (const [name, find] of victims) {
    const disturbed = await passAll((phase) => killedIn(phase, find));
    expect({ name, ...disturbed }).toEqual({ name, ...undisturbed });
  }
}, 480_000);
