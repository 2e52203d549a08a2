import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { sql } from 'kysely';
import type { Browser } from 'playwright-core';
import { lastClosedSession } from '../src/calendar/exchange-calendar.ts';
import { startBrowser } from '../tests/support/browser.ts';
import { fillMarket } from './filled-market.ts';
import { startBenchInstallation } from './installation.ts';

/** How long pages take over two years of the whole market and a million loads, and what they weigh. */

const runs = 5;
const requests = 10_000;
const atOnce = 4;

const found = await startBrowser();
if (found === null) throw new Error('neither chromium-headless-shell nor chromium is installed');
const browser: Browser = found;
const bench = await startBenchInstallation(20);
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Visit {
  readonly ms: number;
  /** Bytes over the wire: of the page with all that it is made with, and of the map. */
  readonly page: number;
  readonly map: number;
}

/** One visit with nothing kept, from navigation until the page, or its map, is there. */
async function visit(path: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 } });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  const urls = new Map<string, string>();
  const bytes = { page: 0, map: 0 };
  client.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes[urls.get(requestId)?.includes('/coverage/map') === true ? 'map' : 'page'] += encodedDataLength;
  });
  await page.goto(bench.dashboard.url + path);
  if (path.startsWith('/coverage'))
    await page.waitForFunction(() => performance.getEntriesByName('map drawn').length > 0);
  const ms = await page.evaluate<number>(
    `(performance.getEntriesByName('map drawn')[0]?.startTime ?? performance.getEntriesByType('navigation')[0].loadEventEnd)`,
  );
  await context.close();
  return { ms, ...bytes };
}

async function measure(what: string, path: string, before: () => Promise<unknown> = () => Promise.resolve()) {
  const visits: Visit[] = [];
  for (let run = 0; run <= runs; run += 1) {
    await before();
    visits.push(await visit(path));
  }
  // The first warms the server up.
  const counted = visits.slice(1);
  const least = Math.round(Math.min(...counted.map(({ ms }) => ms)));
  const [{ page, map }] = counted as [Visit];
  say(
    `${what.padEnd(44)} ${String(least).padStart(6)} ms, page ${Math.round(page / 1000)} kB, map ${Math.round(map / 1000)} kB`,
  );
}

const rssMb = () =>
  Math.round(
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bench.dashboard.pid}/status`, 'utf8'))?.[1]) / 1024,
  );

async function askOften(runId: string): Promise<void> {
  const paths = [
    '/',
    '/coverage',
    '/coverage/map',
    '/runs',
    `/runs/-/${runId}?tab=loads`,
    '/coverage?session=2026-11-20',
  ];
  const before = rssMb();
  let [peak, asked] = [before, 0];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (asked < requests) {
        asked += 1;
        await (await fetch(bench.dashboard.url + (paths[asked % paths.length] ?? '/'))).arrayBuffer();
        if (asked % 100 === 0) peak = Math.max(peak, rssMb());
      }
    }),
  );
  say(
    `memory of the dashboard over ${requests} requests: ${before} MB before, ${peak} MB at most, ${rssMb()} MB after`,
  );
}

try {
  const { db } = bench.store;
  const began = performance.now();
  const last = await fillMarket(db, lastClosedSession(new Date()).session);
  say(
    `filled in ${Math.round((performance.now() - began) / 1000)} s; load ${loadavg()[0]?.toFixed(1) ?? ''}`,
  );
  const { rows } = await sql<{
    id: string;
  }>`select run_id::text as id from market.runs where summary ? 'totalSymbols'
    order by closed_at desc limit 1`.execute(db);
  const runId = rows[0]?.id ?? '';
  const change = () =>
    sql`update market.daily_bars set settled = not settled where session_date = ${last}::date
      and instrument_id = (select min(id) from market.instruments where symbol like 'B%')`.execute(db);
  await measure('Today', '/');
  await measure('Today, once bars have changed', '/', change);
  await measure('Coverage until its map is drawn', '/coverage');
  await measure('the same, once bars have changed', '/coverage', change);
  await measure('Runs', '/runs');
  await measure('Runs of a symbol', '/runs?symbol=B0001');
  await measure('a run with its loads', `/runs/-/${runId}?tab=loads`);
  say(`load ${loadavg()[0]?.toFixed(1) ?? ''}`);
  if (process.argv.includes('--memory')) await askOften(runId);
} finally {
  await browser.close();
  await bench.end();
}
