import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../src/simulator/generated-market.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Store } from '../../src/store/database.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

const ended: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ended) await end();
});

/** A digest of everything that a run leaves, values only: run ids, times and attempts aside. */
async function tables(store: Store): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(',', i.symbol, session_date, open, high, low, close, volume, vwap, trades, settled, endpoint) as line
    from market.daily_bars join market.instruments i on i.id = instrument_id
    union all
    select concat_ws(',', 'absent', i.symbol, session_date, reason)
    from market.bar_absences join market.instruments i on i.id = instrument_id
    union all
    select concat_ws(',', 'load', symbol, range_start, range_end, records_count, status, error_kind) from market.load_runs
    order by 1`.execute(store.db);
  expect(rows.length).toBeGreaterThan(50_000);
  return createHash('sha256')
    .update(rows.map(({ line }) => line).join('\n'))
    .digest('hex');
}

async function backfill(installation: TestInstallation): Promise<object> {
  const range = ['--start-date', '2024-01-01', '--end-date', '2024-03-31'];
  const { stdout } = await installation.run('backfill', '--max-symbols', '1000', ...range, '--json');
  return JSON.parse(stdout) as object;
}

test('a worker killed in the middle of 1,000 symbols, and a new one, leave the tables of an undisturbed run', async () => {
  const market = await startSimulator({
    source: generatedMarket({ symbols: 1200, seed: 5, calendar: { sessionsBetween } }),
  });
  const settings = {
    MARKET: 'live',
    POLYGON_BASE_URL: market.url,
    POLYGON_API_KEY: 'x',
    // About ten seconds for what has to be asked: the kill comes in the middle.
    POLYGON_REQUESTS_PER_MINUTE: '6000',
  };
  const [calm, struck] = await Promise.all([startInstallation(settings), startInstallation(settings)]);
  ended.push(
    () => calm.down(),
    () => struck.down(),
    () => market.close(),
  );

  const undisturbed = await backfill(calm);
  const disturbed = backfill(struck);
  const written = async () => {
    const { rows } = await sql<{ bars: number }>`select count(*)::int as bars from market.daily_bars`.execute(
      struck.store.db,
    );
    return rows[0]?.bars ?? 0;
  };
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(1_000);
  const [worker] = struck.state().workers;
  process.kill(worker?.process.pid ?? NaN, 'SIGKILL');

  expect(await disturbed).toMatchObject({ totalSymbols: 1000, failed: 0 });
  expect(await disturbed).toMatchObject({ successful: (undisturbed as { successful: number }).successful });
  expect(struck.state().workers[0]?.process.pid).not.toBe(worker?.process.pid);
  expect(await tables(struck.store)).toBe(await tables(calm.store));
}, 240_000);
