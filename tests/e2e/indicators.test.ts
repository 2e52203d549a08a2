import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startInstallation({ MARKET: 'simulated' });
  const range = ['--start-date', '2023-01-03', '--end-date', '2024-06-14'];
  const backfill = await installation.run('backfill', '--symbols', 'AAPL,MSFT', ...range, '--json');
  expect(backfill).toMatchObject({ code: 0 });
});
afterAll(() => installation.down());

const daily = [
  ...['run', 'indicators-daily-calculation', '--data-source', 'polygon'],
  ...['--calculation-date', '2024-06-14'],
];
const calculation = [...daily, '--symbols', 'AAPL,MSFT', '--days-back', '30'];
const shown = ['indicators', 'aapl', '--source', 'polygon', '--from', '2024-06-10', '--to', '2024-06-14'];

test('a run from the command line stores rows that can be read, and a second one changes nothing', async () => {
  const first = await installation.run(...calculation, '--json');
  expect(first).toMatchObject({ code: 0 });
  expect(JSON.parse(first.stdout)).toMatchObject({
    totalSymbols: 2,
    successful: 2,
    failed: 0,
    calculationDate: '2024-06-14',
    market: 'SIMULATED',
  });
  const second = await installation.run(...calculation);
  expect(second).toMatchObject({ code: 0 });
  expect(second.stdout).toContain('up to 2024-06-14');
  const { stdout } = await installation.run(...shown, '--json');
  const { symbol, source, rows } = JSON.parse(stdout) as Record<string, Record<string, unknown>[]>;
  expect([symbol, source]).toEqual(['AAPL', 'polygon']);
  expect(rows?.map(({ session }) => session)).toEqual(
    ['10', '11', '12', '13', '14'].map((day) => `2024-06-${day}`),
  );
  const [row] = rows ?? [];
  expect(row).toMatchObject({ sma_200: expect.any(Number) as number, reason: null });
  expect(Array.isArray(row?.patterns)).toBe(true);
});

test('rows come as CSV as well, with the columns by their names', async () => {
  const { stdout, code } = await installation.run(...shown, '--format', 'csv');
  const [head = '', ...lines] = stdout.trim().split('\n');
  expect([code, lines.length]).toEqual([0, 5]);
  expect(head).toMatch(/^session,sma_20,sma_50,.*,true_range,patterns,reason$/);
});

test('extras come where they are asked for: in JSON and CSV by their keys, and in a table of their own', async () => {
  const { stdout: before } = await installation.run(...shown, '--extra', '--json');
  expect(JSON.parse(before)).toMatchObject({ rows: Array(5).fill({ extra: null }) as unknown });
  expect(await installation.run(...calculation, '--extra', '--json')).toMatchObject({ code: 0 });
  const json = await installation.run(...shown, '--extra', '--json');
  const { rows = [] } = JSON.parse(json.stdout) as Record<string, { extra: Record<string, unknown> }[]>;
  for (const { extra } of rows) {
    expect(extra).toMatchObject({ 'psar_0.02_0.2': expect.any(Number) as number });
    expect(Object.values(extra).every((value) => typeof value === 'number')).toBe(true);
  }
  const csv = await installation.run(...shown, '--extra', '--format', 'csv');
  expect(csv.stdout.split('\n')[0]).toMatch(/,patterns,reason,psar_0\.02_0\.2,adl,.*,heikin_ashi_close$/);
  const table = await installation.run(...shown, '--extra');
  expect(table.stdout).toContain('ichimoku_9_26_52_base');
  const { stdout: without } = await installation.run(...shown, '--json');
  expect(without).not.toContain('extra');
});

test.each([
  [['--start-date', '2024-06-03'], '--end-date is missing'],
  [['--calculation-date', '2099-01-05'], 'no session of --calculation-date 2099-01-05 has closed'],
  [['--days-back', '5', '--from', '2024-06-03', '--to', '2024-06-04'], 'contradict each other'],
  [['--data-source', 'bloomberg'], '--data-source "bloomberg" is not to be had'],
  [['--interval', '1h'], 'indicators-daily-calculation has no parameter --interval'],
])('%j is wrong usage', async (options, message) => {
  const { code, stdout } = await installation.run(
    'run',
    'indicators-daily-calculation',
    ...options,
    '--json',
  );
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { message: expect.stringContaining(message) as string },
  });
});

test('its worker killed twice, and a second run, leave the tables of an undisturbed run', async () => {
  const { db } = installation.store;
  // Enough series for the kills to come in the middle: AAPL's bars at other prices.
  await sql`insert into market.instruments (symbol, type, active)
    select 'B' || n, 'CS', true from generate_series(1, 500) n`.execute(db);
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
      endpoint, run_id, observed_at)
    select i.id, source, session_date, open * scale, high * scale, low * scale, close * scale, volume, settled, endpoint,
      run_id, observed_at
    from market.daily_bars
    cross join (select id, 1 + id / 1000.0 as scale from market.instruments where symbol ~ '^B[0-9]+$') i
    where instrument_id = (select id from market.instruments where symbol = 'AAPL')`.execute(db);
  const forget = () =>
    sql`truncate market.indicators, market.indicator_revisions, market.indicator_states,
    market.load_requests, market.load_runs, market.run_events, market.runs`.execute(db);
  const left = async () => {
    const { rows } = await sql<{ count: number; digest: string }>`
      select count(*)::int as count, md5(string_agg(line, ',' order by line)) as digest from (
        select (to_jsonb(i) - 'run_id' - 'computed_at' - 'known_from')::text as line from market.indicators i
        union all select 'revised ' || instrument_id || session_date from market.indicator_revisions
        union all select 'state ' || (to_jsonb(s) - 'run_id' - 'computed_at')::text from market.indicator_states s
        union all select concat_ws(' ', 'load', symbol, records_count, status, error_kind) from market.load_runs
      ) line`.execute(db);
    return rows[0] ?? { count: 0, digest: '' };
  };
  const rowsStored = async () => {
    const { rows } = await sql<{
      count: number;
    }>`select count(*)::int as count from market.indicators`.execute(db);
    return rows[0]?.count ?? 0;
  };
  const worker = () => installation.state().workers.find(({ pool }) => pool === 'analytics')?.process.pid;
  const run = [...daily, '--json'];

  await forget();
  const first = await installation.run(...run);
  expect(first, first.stdout + first.stderr).toMatchObject({ code: 0 });
  const [undisturbed, all] = [await left(), await rowsStored()];
  expect(all).toBeGreaterThan(100_000);

  await forget();
  const disturbed = installation.run(...run);
  for (let [kill, least] = [0, 1_000]; kill < 2; kill += 1) {
    await expect.poll(rowsStored, { timeout: 60_000, interval: 50 }).toBeGreaterThan(least);
    const victim = worker();
    process.kill(victim ?? NaN, 'SIGKILL');
    least = await rowsStored();
    expect(least).toBeLessThan(all);
    await expect.poll(worker, { timeout: 60_000 }).not.toBe(victim);
  }
  const second = await disturbed;
  expect(second, second.stdout + second.stderr).toMatchObject({ code: 0 });
  expect(await left()).toEqual(undisturbed);

  const again = await installation.run(...run);
  expect(JSON.parse(again.stdout)).toMatchObject({ changedRecords: 0, failed: 0 });
}, 480_000);
