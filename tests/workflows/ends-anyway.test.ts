import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flows, type FlowName } from '../../src/flows/index.ts';
import { ledgerKeeperId, wakeLedgerKeeper } from '../../src/temporal/ledger-keeper.ts';
import { refuseRows } from '../support/refuse-rows.ts';
import {
  quiet,
  rowsOf,
  ticker,
  type ScriptedMarket,
  type ScriptedReply,
} from '../support/scripted-market.ts';
import { endLab, startLab, type Lab } from '../support/shared-lab.ts';
import { startTestWorker, type FlowParameters } from '../support/test-worker.ts';

const now = '2024-06-03T15:00:00Z';
const symbols = ['AAPL', 'MSFT', 'SPY'];
const rows = rowsOf('2024-05-20', '2024-05-31', () => quiet(100));
const soon = { timeout: 120_000 };

/** Asked for these, the market says nothing until it is let. */
const held = new Map<string, PromiseWithResolvers<ScriptedReply | undefined>>();
const market: ScriptedMarket = {
  now,
  charts: {},
  polygon: {
    tickers: symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' })),
    bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
    ...{ splits: [], dividends: [] },
  },
  handle: (path) => [...held].find(([part]) => path.includes(part))?.[1].promise,
};

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(() => market, { keepsLedger: true });
});
afterAll(async () => {
  for (const { resolve } of held.values()) resolve(undefined);
  await lab.worker.client.workflow.getHandle(ledgerKeeperId(lab.worker.taskQueue)).terminate();
  await endLab(lab);
});

const hold = (part: string) => void held.set(part, Promise.withResolvers());
function letGo(part: string): void {
  held.get(part)?.resolve(undefined);
  held.delete(part);
}

const start = (flow: FlowName, input: FlowParameters, prefix = 'ends', { taskQueue } = lab.worker) =>
  lab.worker.client.workflow.start(flows[flow].type, {
    workflowId: `${prefix}/${randomUUID()}`,
    taskQueue,
    args: [{ nominalTime: now, ...input }],
  });
type Handle = Awaited<ReturnType<typeof start>>;

const isAsked = (part: string) =>
  expect.poll(() => lab.server.log.some((url) => url.includes(part)), soon).toBe(true);

async function entered({ firstExecutionRunId: runId }: Handle): Promise<boolean> {
  const found = await sql`select from market.runs where run_id = ${runId}`.execute(lab.store.db);
  return found.rows.length > 0;
}

async function ledgerOf({ firstExecutionRunId: runId }: Handle) {
  const { rows: found } = await sql<{ status: string; open: number; pending: number }>`select status,
      (select count(*)::int from market.load_runs where run_id = ${runId} and completed_at is null) as open,
      (select count(*)::int from market.load_requests where run_id = ${runId} and status = 'pending') as pending
    from market.runs where run_id = ${runId}`.execute(lab.store.db);
  return found[0];
}

const cancelled = { status: { name: 'CANCELLED' } };
const endOf = (handle: Handle) => expect.poll(() => handle.describe(), soon);

const backfill = (symbol: string) => ({ startDate: '2024-05-28', endDate: '2024-05-31', symbols: [symbol] });

test('a run that is cancelled ends whatever the ledger says of it', async () => {
  hold('/tickers/GONE');
  hold('/tickers/FULL');
  const lost = await start('polygon-historical-backfill', backfill('GONE'));
  const refused = await start('polygon-historical-backfill', backfill('FULL'), 'unclosed');
  await isAsked('/tickers/GONE');
  await isAsked('/tickers/FULL');
  const allow = await refuseRows(lab.store, {
    ...{ table: 'market.runs', event: 'insert or update', state: '53100' },
    when: `new.workflow_id like 'unopened/%' or new.workflow_id like 'unclosed/%' and tg_op = 'UPDATE'`,
  });
  const unopened = await start('polygon-historical-backfill', backfill('AAPL'), 'unopened');
  for (const table of ['run_events', 'load_requests', 'load_runs', 'runs'])
    await sql`delete from ${sql.table(`market.${table}`)} where run_id = ${lost.firstExecutionRunId}`.execute(
      lab.store.db,
    );
  await Promise.all([lost, refused, unopened].map((handle) => handle.cancel()));
  await endOf(lost).toMatchObject(cancelled);
  await endOf(unopened).toMatchObject(cancelled);
  await endOf(refused).toMatchObject(cancelled);
  expect([await entered(lost), await entered(unopened)]).toEqual([false, false]);

  await allow();
  await wakeLedgerKeeper(lab.worker.client, lab.worker.taskQueue);
  await expect.poll(() => ledgerOf(refused), soon).toEqual({ status: 'cancelled', open: 0, pending: 0 });
  letGo('/tickers/GONE');
  letGo('/tickers/FULL');
});

test('a phase that takes too long fails its run, with the cause in the ledger', async () => {
  const allow = await refuseRows(lab.store, { table: 'market.load_runs', when: 'true', state: '53100' });
  const policy = { runTimeoutSeconds: 2 };
  const hasty = await startTestWorker({ store: lab.store, baseUrl: lab.server.url, policy });
  const handle = await start('polygon-historical-backfill', backfill('AAPL'), 'ends', hasty);
  const message = 'the planning of the run has not ended within 2 s';
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'DeadlineExceeded', message } });
  expect(await ledgerOf(handle)).toEqual({ status: 'failed', open: 0, pending: 0 });
  await allow();
  await hasty.stop();
});

test('a comparison that is refused whatever it asks is left, and its run is done', async () => {
  const of = '/aggs/ticker/';
  const refused = { status: 429, body: { error: 'too many' }, headers: { 'retry-after': '0' } };
  held.set(of, Promise.withResolvers());
  held.get(of)?.resolve(refused);
  lab.server.log.length = 0;
  const handle = await start('polygon-settlement', { sessions: 1 });
  expect(await handle.result()).toMatchObject({ successful: symbols.length });
  expect(lab.server.log.filter((url) => url.includes(of))).toHaveLength(3);
  held.delete(of);
  await sql`delete from market.daily_bars`.execute(lab.store.db);
});

test('a run that is cancelled while it compares leaves nothing pending', async () => {
  hold('/aggs/ticker/');
  lab.server.log.length = 0;
  const handle = await start('polygon-settlement', { sessions: 1 });
  await isAsked('/aggs/ticker/');
  await handle.cancel();
  await endOf(handle).toMatchObject(cancelled);
  expect(await ledgerOf(handle)).toEqual({ status: 'cancelled', open: 0, pending: 0 });
  letGo('/aggs/ticker/');
  await sql`delete from market.daily_bars`.execute(lab.store.db);
});

test('a comparison that is broken off goes on after what was compared, and each answer counts once', async () => {
  await start('polygon-settlement', { sessions: 1 }).then((handle) => handle.result());
  lab.server.log.length = 0;
  const series = () => lab.server.log.filter((url) => url.includes('/aggs/ticker/'));
  await sql`delete from market.daily_bars`.execute(lab.store.db);
  hold('/aggs/ticker/MSFT/range');
  const handle = await start('polygon-settlement', { sessions: 1 });
  await isAsked('/aggs/ticker/MSFT/');
  await handle.executeUpdate('pauseRun');
  letGo('/aggs/ticker/MSFT/range');
  await handle.executeUpdate('resumeRun');
  await handle.result();
  const cells = symbols.length;
  const brokenOff = series().filter((url, at) => series().indexOf(url) !== at);
  expect(brokenOff).toEqual([expect.stringContaining('/MSFT/')]);
  expect(series()).toHaveLength(cells + 1);
  const { rows: said } = await sql<{ message: string }>`select message from market.run_events
    where run_id = ${handle.firstExecutionRunId} and message like '%compared%'`.execute(lab.store.db);
  expect(said).toEqual([
    { message: `${cells} cells compared between the endpoints, 0 of them differ or failed` },
  ]);
  const { rows: counted } = await sql`select requests from market.runs
    where run_id = ${handle.firstExecutionRunId}`.execute(lab.store.db);
  expect(counted).toEqual([{ requests: lab.server.log.filter((url) => url.includes('/aggs/')).length }]);
});
