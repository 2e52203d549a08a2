import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { displayWidth } from '../../src/cli/table/display-text.ts';
import { budgetKey, loadConfig } from '../../src/config.ts';
import { readBudgetHold } from '../../src/operations/read-budgets.ts';
import { reserveSlots } from '../../src/store/provider-budget.ts';
import { blockBudget } from '../../src/store/provider-refusals.ts';
import { addRunEvents } from '../../src/store/run-events.ts';
import { closeRun, insertRun } from '../../src/store/runs.ts';
import { registerWorker, touchWorker } from '../../src/store/workers.ts';
import { runCommand, startCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;
let home: string;
let variables: Readonly<Record<string, string>>;

const clock = '2024-06-07T22:00:00.000Z';
const may = ['--from', '2024-05-20', '--to', '2024-05-31'];
const dates = { startDate: '2024-04-01', endDate: '2024-05-31' };

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock, symbols: 12 });
  worker = await startTestWorker({ store, baseUrl: market.url, analytics: true });
  home = mkdtempSync(path.join(tmpdir(), 'barwright-golden-'));
  variables = {
    BARWRIGHT_HOME: home,
    MARKET: 'simulated',
    DATABASE_URL: store.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TASK_QUEUE_DATA_INGESTION: worker.taskQueue,
    POLYGON_BASE_URL: market.url,
    YAHOO_BASE_URL: market.url,
  };
  const baseUrls = { polygon: market.url, yahoo: market.url };
  const itself = { identity: 'golden', pool: 'data-ingestion', host: hostname(), pid: process.pid };
  await registerWorker(store.db, { ...itself, market: 'simulated', baseUrls, keyFingerprint: null }, []);
  await worker.execute('syncUniverse', []);
  await worker.run('polygon-historical-backfill', {
    ...dates,
    symbols: ['AAPL', 'MSFT'],
    nominalTime: clock,
  });
  const yahoo = { symbols: ['AAPL'], interval: '1d', includeFundamentals: true, includeKeyStatistics: true };
  await worker.run('yahoo-market-data-hourly', { ...yahoo, nominalTime: clock });
  const indicators = { symbols: ['AAPL'], dataSource: 'polygon', extra: true, ...dates };
  await worker.run('indicators-daily-calculation', { ...indicators, nominalTime: clock });
  await worker.idle();
  await keepFewFigures();
}, 240_000);
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
  rmSync(home, { recursive: true });
});

/** Puts what depends on when and where this runs to one time and one person. */
async function standStill(): Promise<void> {
  const at = '2024-06-07T22:00:00Z';
  await sql`update market.instruments set name = E'Apple \\x1b[31mComputer\\nIncorporated 株式会社' where symbol = 'AAPL'`.execute(
    store.db,
  );
  // Of the day that it was asked.
  await sql`update market.runs set sessions = jsonb_set(sessions, '{range}', '{"from":"2024-06-07","to":"2024-06-07"}')
    where flow = 'sync-universe'`.execute(store.db);
  for (const [table, columns] of [
    ['runs', ['started_at', 'closed_at']],
    ['load_runs', ['started_at', 'completed_at']],
    ['run_events', ['at']],
    ['daily_bars', ['observed_at']],
    ['fundamentals', ['available_at', 'observed_at']],
    ['key_statistics', ['observed_at']],
  ] as const) {
    const set = columns.map((column) => `${column} = '${at}'`).join(', ');
    await sql.raw(`update market.${table} set ${set}`).execute(store.db);
  }
  await sql`update market.runs run set started_by = 'ann@desk', started_at = closed_at - interval '75 s' * place
    from (select run_id, row_number() over (order by flow, workflow_id) as place from market.runs) others
    where others.run_id = run.run_id`.execute(store.db);
  await sql`update market.runs set parameters = jsonb_set(parameters, '{nominalTime}', to_jsonb(${clock}::text))`.execute(
    store.db,
  );
}

/** What is random keeps its width. */
function masked(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '00000000-0000-0000-0000-000000000000')
    .replaceAll(/(?<![0-9a-f/])[0-9a-f]{12}(?![0-9a-f])/g, '000000000000');
}

/** A few figures stand for the hundred of a statement. */
async function keepFewFigures(): Promise<void> {
  const few = ['totalAssets', 'totalDebt', 'totalRevenue', 'netIncome', 'basicEPS', 'freeCashFlow'];
  await sql`update market.fundamentals set figures = coalesce((select jsonb_object_agg(key, value)
    from jsonb_each(figures) where key = any(${few})), '{}')`.execute(store.db);
}

async function shown(width: number, ...args: readonly string[]): Promise<string> {
  await touchWorker(store.db, 'golden');
  const { code, stdout, stderr } = await runCommand({ ...variables, COLUMNS: String(width) }, ...args);
  const fails = args.includes('NOSUCH,MSFT') && !args.includes('--plan');
  expect([code, stderr]).toEqual([fails ? 1 : 0, expect.any(String)]);
  expect(stdout.split('\n').filter((line) => displayWidth(line) > width)).toEqual([]);
  return masked(`$ barwright ${args.join(' ')}\n${stdout}`);
}

const backfill = [
  'backfill',
  '--symbols',
  'NOSUCH,MSFT',
  '--start-date',
  '2024-05-01',
  '--end-date',
  '2024-05-31',
];
const lastOfMay = ['--from', '2024-05-31', '--to', '2024-05-31'];
const reads: readonly (readonly string[])[] = [
  ['bars', 'AAPL', ...may],
  ['bars', 'AAPL', ...may, '--source', 'yahoo', '--columns', 'session,close,settled'],
  ['indicators', 'AAPL', ...may, '--source', 'polygon'],
  ['indicators', 'AAPL', ...lastOfMay, '--source', 'polygon', '--wide'],
  ['indicators', 'AAPL', ...lastOfMay, '--source', 'polygon', '--extra'],
  ['actions', 'AAPL'],
  ['fundamentals', 'AAPL'],
  ['bars', 'AAPL,MSFT', ...lastOfMay],
  ['indicators', 'AAPL,MSFT', ...lastOfMay, '--source', 'polygon'],
  ['actions', 'AAPL,MSFT'],
  ['symbols', 'list'],
  ['symbols', 'list', '--wide'],
  ['calendar', '--from', '2024-07-01', '--to', '2024-07-08'],
  ['runs', 'list', '--since', '2024-06-01'],
  ['runs', 'list', '--flow', 'polygon-historical-backfill', '--status', 'completed', '--limit', '1'],
  [...backfill, '--plan'],
];

test('every table is as it was, at 80 and at 160 columns', async () => {
  const summary = await shown(80, ...backfill);
  const { rows } = await sql<{ workflow_id: string }>`select workflow_id from market.runs
    where workflow_id like 'polygon-historical-backfill/%'`.execute(store.db);
  const run = rows[0]?.workflow_id ?? '';
  await standStill();
  for (const width of [80, 160]) {
    const texts = [width === 80 ? summary : await shown(width, ...backfill)];
    if (width === 160) await standStill();
    const inspect = [
      ['runs', 'inspect', run],
      ['runs', 'inspect', run, '--all'],
      ['runs', 'logs', run, '--follow'],
    ];
    for (const args of [...reads, ...inspect]) texts.push(await shown(width, ...args));
    await expect(texts.join('\n')).toMatchFileSnapshot(`golden/tables-${width}.txt`);
  }
}, 240_000);

test('what tells of this machine is no wider than the terminal either', async () => {
  for (const args of [['status'], ['config', 'check'], ['db', 'status'], ['schedules', 'list']]) {
    const { stdout } = await runCommand({ ...variables, COLUMNS: '80' }, ...args);
    expect(stdout).toMatch(/^SIMULATED /);
    expect(stdout.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  }
}, 60_000);

test('every document of a simulated market says so', async () => {
  for (const args of [...reads, ['runs', 'inspect', 'nothing'], ['config', 'check'], ['db', 'status']]) {
    const { stdout } = await runCommand(variables, ...args, '--json');
    expect([args.slice(0, 2), (JSON.parse(stdout) as { market?: unknown }).market]).toEqual([
      args.slice(0, 2),
      'SIMULATED',
    ]);
  }
}, 120_000);

test('a wrong wish for a list or a table is refused before anything is read, with what is right', async () => {
  for (const [args, remedy] of [
    [['runs', 'list', '--flow', 'weekly'], /polygon-daily-ingestion/],
    [['runs', 'list', '--status', 'done'], /running, .*cancelled/],
    [['runs', 'list', '--since', 'yesterday'], /YYYY-MM-DD/],
    [['runs', 'list', '--limit', '0'], /number/],
    [['runs', 'list', '--columns', 'nothing'], /choose from run, flow, session/],
    [['bars', 'AAPL', ...may, '--columns', 'close,price'], /choose from session, opens, open/],
  ] as const) {
    const { code, stdout } = await runCommand(
      { ...variables, DATABASE_URL: 'postgres://u@127.0.0.1:1/x' },
      ...args,
      '--json',
    );
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as { error: { remedy: string } }).error.remedy).toMatch(remedy);
  }
}, 60_000);

test('a run is followed to its end, and says each thing once', async () => {
  const runId = randomUUID();
  const sessions = { range: { from: '2024-05-31', to: '2024-05-31' }, sessions: [], again: [] };
  const run = { runId, workflowId: `followed/${runId}`, flow: 'polygon-settlement', parameters: {} };
  await insertRun(store.db, { ...run, sessions, startedAt: clock });
  await addRunEvents(store.db, runId, [{ level: 'info', message: 'first' }]);
  const { said, ended } = startCommand(variables, 'runs', 'logs', runId.slice(-12), '--follow');
  await expect.poll(() => said.stdout, { timeout: 60_000 }).toContain('first');
  await addRunEvents(store.db, runId, [
    { level: 'warn', symbol: 'AAPL', message: 'second\n\u001B[31mline' },
    { level: 'info', message: 'third' },
  ]);
  await expect.poll(() => said.stdout, { timeout: 60_000 }).toContain('third');
  await addRunEvents(store.db, runId, [{ level: 'info', message: 'last' }]);
  await closeRun(store.db, runId, { status: 'completed', summary: {} });
  expect(await ended).toBe(0);
  const lines = said.stdout.split('\n').filter((line) => /^20\d\d-/.test(line));
  expect(lines.map((line) => line.slice('2024-06-07 17:00:00 '.length))).toEqual([
    'info  first',
    'warn  AAPL: second line',
    'info  third',
    'info  last',
  ]);
}, 180_000);

test.each([
  ['bars', 'series', lastOfMay],
  ['indicators', 'series', [...lastOfMay, '--source', 'polygon']],
  ['actions', 'symbols', []],
  ['fundamentals', 'symbols', []],
])('%s of several symbols are a list of what each is alone', async (command, name, options) => {
  const read = async (symbols: string) =>
    JSON.parse((await runCommand(variables, command, symbols, ...options, '--json')).stdout) as Record<
      string,
      unknown
    >;
  const alone = [await read('MSFT'), await read('AAPL')];
  const market = { market: 'SIMULATED' };
  expect(await read('msft,AAPL,MSFT')).toEqual({
    [name]: alone.map(({ market: _market, ...own }) => own),
    ...market,
  });
  expect(alone).toEqual([
    expect.objectContaining({ symbol: 'MSFT', ...market }),
    expect.objectContaining(market),
  ]);
});

test.each([
  ['bars', ['AAPL', 'MSFT']],
  ['indicators', ['AAPL']],
])('%s of several symbols have a column for them in CSV', async (command, symbols) => {
  const { stdout } = await runCommand(variables, command, 'AAPL,MSFT', ...lastOfMay, '--format', 'csv');
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^symbol,session,/);
  expect(rows.map((row) => row.slice(0, 16))).toEqual(symbols.map((symbol) => `${symbol},2024-05-31,`));
});

test('a run that waits says what for and until when', async () => {
  const policy = { loadRetries: 1, retryDelaySeconds: 3_600 };
  const slow = await startTestWorker({ store, baseUrl: market.url, policy });
  market.setFaults([{ match: { endpoint: 'aggregates' }, fault: { kind: 'status', status: 500 } }]);
  const own = { ...variables, TASK_QUEUE_DATA_INGESTION: slow.taskQueue };
  await touchWorker(store.db, 'golden');
  const dates = ['--start-date', '2024-03-01', '--end-date', '2024-03-28'];
  const { said, ended } = startCommand(own, 'backfill', '--symbols', 'MSFT', ...dates);
  try {
    const waits = /waits for retry 1 of 1 of what failed, until 20\d\d-\d\d-\d\d [\d:]{8} America\/Chicago\n/;
    await expect.poll(() => said.stderr, { timeout: 120_000 }).toMatch(waits);
    const workflowId = /started (.*)\n/.exec(said.stderr)?.[1] ?? '';
    const handle = slow.client.workflow.getHandle(workflowId);
    await handle.executeUpdate('pauseRun');
    await expect.poll(() => said.stderr, { timeout: 120_000 }).toContain('paused: barwright runs resume ');
    await handle.cancel();
    expect(await ended).toBe(1);
  } finally {
    market.setFaults([]);
    await slow.stop();
  }
}, 300_000);

test('requests that a refusal or the budget holds up are told', async () => {
  const config = loadConfig({ ...variables, MARKET: 'live', POLYGON_API_KEY: 'x' }, null);
  const deps = { db: store.db, config };
  const key = budgetKey(config, 'polygon', market.url);
  expect(await readBudgetHold(deps, 'polygon', market.url)).toBeNull();
  await reserveSlots(store.db, key, { count: 4, spacingMs: 30_000, maxWaitMs: 0 });
  expect(await readBudgetHold(deps, 'polygon', market.url)).toMatchObject({ refused: false });
  await blockBudget(store.db, key, 600_000);
  expect(await readBudgetHold(deps, 'polygon', market.url)).toMatchObject({ refused: true });
  await blockBudget(store.db, budgetKey(loadConfig(variables, null), 'polygon', market.url), 600_000);
  const { stderr } = await runCommand(variables, ...backfill, '--plan');
  expect(stderr).toContain('polygon has refused: nothing is asked until ');
});
