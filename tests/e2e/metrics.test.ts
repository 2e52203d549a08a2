import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { requireMetricsPorts } from '../../src/runtime/metrics-ports.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { liveWorkers } from '../../src/store/workers.ts';
import { commandLine } from '../support/command-line.ts';
import { allExpressions, metricsIn } from '../support/expressions.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { findPromtool, promtool } from '../support/promtool.ts';
import { samplesOf, sumOfSamples } from '../support/scraped.ts';

const canary = 'canary-7f3a-key-of-polygon';
const checker = await findPromtool();

let market: Simulator;
let installation: TestInstallation;
let firstPort: number;
const addresses: string[] = [];
/** By pool. */
const pages = new Map<string, string>();
const summaries: Record<'polygon' | 'yahoo' | 'indicators', RunSummary> = Object.create(null) as never;

beforeAll(async () => {
  market = await startSimulator({
    source: generatedMarket({ symbols: 300, seed: 3, calendar: { sessionsBetween } }),
  });
  installation = await startInstallation({
    MARKET: 'live',
    POLYGON_BASE_URL: market.url,
    POLYGON_API_KEY: canary,
    POLYGON_REQUESTS_PER_MINUTE: '100000',
    METRICS_PORT: String((firstPort = await freeBlock(3))),
    YAHOO_DELAY_BETWEEN_REQUESTS_MS: '0',
  });
  const may = ['--start-date', '2024-05-01', '--end-date', '2024-05-31'];
  summaries.polygon = await summaryOf('backfill', ...may);
  summaries.yahoo = await summaryOf('run', 'yahoo-market-data-hourly', '--symbols', 'AAPL,MSFT,NOSUCH');
  const calculation = [
    '--data-source',
    'polygon',
    '--calculation-date',
    '2024-05-31',
    '--symbols',
    'AAPL,MSFT',
  ];
  summaries.indicators = await summaryOf('run', 'indicators-daily-calculation', ...calculation);
  for (const { pool, metricsAddress } of await liveWorkers(installation.store.db)) {
    const answer = await fetch(`http://${metricsAddress}/metrics`);
    expect(answer.ok).toBe(true);
    pages.set(pool, await answer.text());
    addresses.push(metricsAddress ?? '');
  }
});
afterAll(async () => {
  await installation.down();
  await market.close();
});

/** The first of so many free ports, beyond those that other tests and outgoing connections are given. */
async function freeBlock(ports: number): Promise<number> {
  for (let first = 30_000 + (process.pid % 800) * ports; first < 32_768; first += ports) {
    const isFree = await requireMetricsPorts(loadConfig({ METRICS_PORT: String(first) }, null), ports)
      .then(() => true)
      .catch(() => false);
    if (isFree) return first;
  }
  throw new Error(`no ${ports} free ports in a row`);
}

async function summaryOf(...args: readonly string[]): Promise<RunSummary> {
  const { stdout } = await installation.run(...args, '--json');
  return JSON.parse(stdout) as RunSummary;
}

const samples = () => samplesOf([...pages.values()].join('\n'));
const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
  sumOfSamples(samples(), name, labels);

describe('after a run of 300 symbols', () => {
  test('each worker has a page of its own, on the ports from the one that was set on', () => {
    expect([...pages.keys()].sort()).toEqual(['analytics', 'data-ingestion', 'maintenance']);
    expect(addresses.toSorted()).toEqual([0, 1, 2].map((place) => `127.0.0.1:${firstPort + place}`));
    for (const pool of pages.keys()) expect(sum('barwright_worker_info', { pool, market: 'live' })).toBe(1);
    expect(sum('barwright_database_up')).toBe(3);
  });

  test.each([
    ['polygon', 'polygon-historical-backfill', '1d'],
    ['yahoo', 'yahoo-market-data-hourly', '1h'],
  ] as const)('the metrics of %s are those of its summary', (provider, flow, interval) => {
    const summary = summaries[provider];
    const own = { provider, interval };
    expect(summary.totalSymbols).toBeGreaterThan(2);
    expect({
      totalRecords: sum('barwright_rows_read_total', own),
      changedRecords: sum('barwright_rows_inserted_total', own) + sum('barwright_rows_revised_total', own),
      settledRecords: sum('barwright_rows_settled_total', own),
      successful: sum('barwright_loads_total', { ...own, status: 'success' }),
      partial: sum('barwright_loads_total', { ...own, status: 'partial' }),
      failed: sum('barwright_loads_total', { ...own, status: 'failed' }),
    }).toEqual({
      totalRecords: summary.totalRecords,
      changedRecords: summary.changedRecords,
      settledRecords: summary.settledRecords,
      successful: summary.successful,
      partial: summary.partial,
      failed: summary.failed,
    });
    expect(sum('barwright_runs_total', { flow, status: 'completed' })).toBe(1);
  });

  test('requests are counted by what was asked, those that failed too', () => {
    const asked = (endpoint: string) => sum('barwright_requests_total', { endpoint });
    expect(asked('market-day') + asked('series')).toBe(summaries.polygon.requests);
    const timed = { endpoint: 'market-day' };
    expect(sum('barwright_request_duration_seconds_count', timed)).toBe(asked('market-day'));
    expect(sum('barwright_requests_total', { provider: 'yahoo', outcome: 'SymbolNotFound' })).toBeGreaterThan(
      0,
    );
    expect(sum('barwright_budget_wait_seconds_count')).toBe(sum('barwright_requests_total'));
  });

  test('rows of indicators are those of the summary', () => {
    expect(summaries.indicators.totalRecords).toBeGreaterThan(0);
    expect(sum('barwright_indicator_rows_total', { provider: 'polygon' })).toBe(
      summaries.indicators.totalRecords,
    );
    expect(sum('barwright_loads_total', { status: 'success' })).toBe(
      summaries.polygon.successful + summaries.yahoo.successful + summaries.indicators.successful,
    );
  });

  test('no label has many values, and none a symbol, a run or the key', () => {
    const values = new Map<string, Set<string>>();
    for (const { labels } of samples())
      for (const [label, value] of Object.entries(labels))
        values.set(label, (values.get(label) ?? new Set()).add(value));
    for (const [label, seen] of values) expect(seen.size, label).toBeLessThanOrEqual(50);
    const said = [...pages.values()].join('\n');
    for (const text of [canary, 'AAPL', 'NOSUCH', 'no such symbol', '01a2', market.url])
      expect(said).not.toContain(text);
  });

  test('the SDK has every metric that rules and dashboard ask of it', () => {
    const scraped = new Set(samples().map(({ name }) => name));
    const asked = allExpressions()
      .flatMap(metricsIn)
      .filter((name) => name.startsWith('temporal_'));
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.filter((name) => !scraped.has(name))).toEqual([]);
  });

  test.skipIf(checker === null)('promtool finds nothing wrong on any page', async () => {
    for (const [pool, page] of pages)
      expect(await promtool(checker ?? '', ['check', 'metrics'], page), pool).toEqual({ ok: true, said: '' });
  });
});

test('a port that was set and is taken ends `up` and `worker` with 2 before anything starts', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const command = commandLine({ MARKET: 'simulated', METRICS_PORT: String(port) });
  const ended = await Promise.all([
    command.run('up', '--headless'),
    command.run('worker', '--pool', 'maintenance'),
  ]);
  const told = expect.stringMatching(
    `^barwright: port ${port} on 127.0.0.1 is taken.*METRICS_PORT`,
  ) as string;
  for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 2, stderr: told });
  server.close();
});
