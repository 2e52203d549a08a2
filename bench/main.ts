import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { startBenchInstallation, type BenchInstallation } from './installation.ts';
import { leastMs, machineLine, printFigures, type Figure } from './figure.ts';
import { pageFigures } from './page-figures.ts';
import { bareBackfill, bareMarketDay, barePerSymbol, copyAndUpsert } from './bare.ts';
import { masksBesideNone } from './masks.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean' } },
});
const runs = Number(values.runs);
const now = new Date().toISOString();
const symbolsOfMarket = 10_500;

const minimumMs = (work: () => Promise<void>, before: () => Promise<void>) => leastMs(runs, work, before);

async function empty({ store }: BenchInstallation): Promise<void> {
  await sql`truncate market.daily_bars, market.intraday_bars, market.bar_revisions, market.bar_absences, market.market_days,
    market.load_requests, market.load_runs, market.run_events, market.runs`.execute(store.db);
}

let workflows = 0;

async function run(
  bench: BenchInstallation,
  type: string,
  parameters: object,
): Promise<RunSummary & { workflowId: string }> {
  const workflowId = `bench/${(workflows += 1)}`;
  const { client, taskQueue } = bench;
  const summary: unknown = await client.workflow.execute(type, { workflowId, taskQueue, args: [parameters] });
  return { ...(summary as RunSummary), workflowId };
}

function expectAll({ totalSymbols, failed }: RunSummary, symbols: number): void {
  if (totalSymbols !== symbols || failed > 0)
    throw new Error(`${totalSymbols} symbols, ${failed} failed, of ${symbols}`);
}

async function universe({ store }: BenchInstallation, limit: number): Promise<readonly string[]> {
  const { rows } = await sql<{
    symbol: string;
  }>`select symbol from market.instruments where active and type = 'CS'
    and listed_on is null order by symbol limit ${limit}`.execute(store.db);
  return rows.map(({ symbol }) => symbol);
}

async function marketDay(bench: BenchInstallation): Promise<readonly Figure[]> {
  const request = { nominalTime: now, daysBack: 0, maxSymbols: 10_000 };
  let last = '';
  const ours = await minimumMs(
    async () => {
      const summary = await run(bench, 'polygonDailyIngestion', request);
      last = summary.workflowId;
      if (summary.requests !== 1) throw new Error(`${summary.requests} requests instead of 1`);
    },
    () => empty(bench),
  );
  const bare = await minimumMs(
    () => bareMarketDay(bench),
    () => empty(bench),
  );
  const history = await bench.client.workflow.getHandle(last).fetchHistory();
  const events = history.events ?? [];
  const actions = events.filter(
    (event) =>
      event.workflowExecutionStartedEventAttributes ??
      event.activityTaskScheduledEventAttributes ??
      event.timerStartedEventAttributes ??
      event.upsertWorkflowSearchAttributesEventAttributes,
  ).length;
  const bytes = Buffer.byteLength(JSON.stringify(history));
  return [
    { what: 'market day of 10,000 symbols, start to result', unit: 'ms', ours, bare },
    { what: 'its Temporal actions', unit: 'actions', ours: actions, bare: null },
    { what: 'its history', unit: 'bytes of JSON', ours: bytes, bare: null },
  ];
}

async function perSymbol(bench: BenchInstallation): Promise<readonly Figure[]> {
  const symbols = await universe(bench, 2_000);
  // Without an exchange they are over the counter: no whole-market answer has them, each is asked on its own.
  await sql`update market.instruments set exchange = null where symbol = any(${symbols}::text[])`.execute(
    bench.store.db,
  );
  const request = { nominalTime: now, daysBack: 0, symbols };
  const ms = await minimumMs(
    async () => expectAll(await run(bench, 'polygonDailyIngestion', request), symbols.length),
    () => empty(bench),
  );
  const bare = await minimumMs(
    () => barePerSymbol(bench, symbols),
    () => empty(bench),
  );
  await sql`update market.instruments set exchange = 'XNAS' where exchange is null`.execute(bench.store.db);
  const rate = (duration: number) => (1000 * symbols.length) / duration;
  return [
    {
      what: 'per-symbol path, 2,000 symbols, 1 request each',
      unit: 'symbols/s',
      ours: rate(ms),
      bare: rate(bare),
    },
  ];
}

async function backfill(bench: BenchInstallation): Promise<readonly Figure[]> {
  const symbols = await universe(bench, 20);
  const range = { from: '2014-01-01', to: '2023-12-31' };
  const request = { nominalTime: now, startDate: range.from, endDate: range.to, symbols };
  let rows = 0;
  const ms = await minimumMs(
    async () => {
      const summary = await run(bench, 'polygonHistoricalBackfill', request);
      expectAll(summary, symbols.length);
      rows = summary.changedRecords;
    },
    () => empty(bench),
  );
  const rate = (duration: number) => (1000 * rows) / duration;
  const bare = await minimumMs(
    () => bareBackfill(bench, symbols, range),
    () => empty(bench),
  );
  await empty(bench);
  await run(bench, 'polygonHistoricalBackfill', request);
  const copy = await copyAndUpsert(bench, 'daily_bars', runs);
  return [
    {
      what: `backfill 20 symbols x 10 years (${rows} rows), beside a bare script`,
      unit: 'rows/s',
      ours: rate(ms),
      bare: rate(bare),
    },
    { what: 'the same, beside COPY and upsert alone', unit: 'rows/s', ours: rate(ms), bare: rate(copy) },
  ];
}

async function hours(bench: BenchInstallation): Promise<readonly Figure[]> {
  const symbols = await universe(bench, 200);
  const request = { nominalTime: now, interval: '1h', revisionSessions: 0, symbols };
  let rows = 0;
  const ms = await minimumMs(
    async () => {
      const summary = await run(bench, 'yahooMarketDataHourly', request);
      expectAll(summary, symbols.length);
      rows = summary.changedRecords;
    },
    () => empty(bench),
  );
  const copy = await copyAndUpsert(bench, 'intraday_bars', runs);
  const rate = (duration: number) => (1000 * rows) / duration;
  return [
    {
      what: `Yahoo, 200 symbols x 1h x 728 days (${rows} bars), beside COPY and upsert alone`,
      unit: 'rows/s',
      ours: rate(ms),
      bare: rate(copy),
    },
  ];
}

const masks = (bench: BenchInstallation) => masksBesideNone(bench.store, runs, () => empty(bench));

const machine = `${machineLine()}, minimum of ${runs} runs`;
const figures: Figure[] = [];
const bench = await startBenchInstallation(symbolsOfMarket);
try {
  await bench.client.workflow.execute('syncUniverse', {
    workflowId: 'bench/sync',
    taskQueue: bench.taskQueue,
  });
  for (const measure of [marketDay, perSymbol, backfill, hours, masks])
    figures.push(...(await measure(bench)));
  const peak = bench.workerPeakMb();
  if (peak !== null) figures.push({ what: 'peak memory of the worker', unit: 'MB', ours: peak, bare: null });
} finally {
  await bench.end();
}
figures.push(...(await pageFigures({ runs, requests: 10_000 })));
if (values.json) process.stdout.write(`${JSON.stringify({ machine, figures })}\n`);
else printFigures(machine, figures);
