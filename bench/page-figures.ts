import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import type { Browser } from 'playwright-core';
import { lastClosedSession } from '../src/calendar/exchange-calendar.ts';
import { startBrowser } from '../tests/support/browser.ts';
import { fillMarket } from './filled-market.ts';
import type { Figure } from './figure.ts';
import { startBenchInstallation, type BenchInstallation } from './installation.ts';

const atOnce = 4;

/** Two years of the whole market and a million loads, and a browser that looks at them. */
interface Shown {
  readonly bench: BenchInstallation;
  readonly browser: Browser;
}

interface Visit {
  readonly ms: number;
  /** Bytes over the wire: of the page with all that it is made with, and of the map. */
  readonly page: number;
  readonly map: number;
}

interface PagesWish {
  readonly runs: number;
  /** Over so many requests the dashboard's memory is told; 0: not at all. */
  readonly requests: number;
}

/** How long pages take over two years of the whole market and a million loads, what they weigh, and what it takes to serve them. */
export async function pageFigures({ runs, requests }: PagesWish): Promise<readonly Figure[]> {
  const browser = await startBrowser();
  if (browser === null) throw new Error('neither chromium-headless-shell nor chromium is installed');
  const bench = await startBenchInstallation(20);
  try {
    const last = await fillMarket(bench.store.db, lastClosedSession(new Date()).session);
    const runId = await runWithLoads(bench);
    const visits = await visitAll({ bench, browser }, { runs, last, runId });
    return requests === 0 ? visits : [...visits, await memoryOver(bench, requests, runId)];
  } finally {
    await browser.close();
    await bench.end();
  }
}

async function runWithLoads({ store }: BenchInstallation): Promise<string> {
  const { rows } = await sql<{ id: string }>`select run_id::text as id from market.runs
    where summary ? 'totalSymbols' order by closed_at desc limit 1`.execute(store.db);
  const [newest] = rows;
  if (newest === undefined) throw new Error('no run has loads');
  return newest.id;
}

async function visitAll(
  shown: Shown,
  { runs, last, runId }: { readonly runs: number; readonly last: string; readonly runId: string },
): Promise<readonly Figure[]> {
  const change = () =>
    sql`update market.daily_bars set settled = not settled where session_date = ${last}::date
      and instrument_id = (select min(id) from market.instruments where symbol like 'B%')`.execute(
      shown.bench.store.db,
    );
  const nothing = () => Promise.resolve();
  const asked = [
    { what: 'Today', path: '/', before: nothing },
    { what: 'Today, once bars have changed', path: '/', before: change },
    { what: 'Coverage until its map is drawn', path: '/coverage', before: nothing },
    { what: 'the same, once bars have changed', path: '/coverage', before: change },
    { what: 'Runs', path: '/runs', before: nothing },
    { what: 'Runs of a symbol', path: '/runs?symbol=B0001', before: nothing },
    { what: 'a run with its loads', path: `/runs/-/${runId}?tab=loads`, before: nothing },
  ];
  const figures: Figure[] = [];
  let [heaviest, map] = [0, 0];
  for (const { what, path, before } of asked) {
    const visits: Visit[] = [];
    // The first warms the server up.
    for (let run = 0; run <= runs; run += 1) {
      await before();
      visits.push(await visit(shown, path));
    }
    figures.push({ what, unit: 'ms', ours: Math.min(...visits.slice(1).map(({ ms }) => ms)), bare: null });
    heaviest = Math.max(heaviest, ...visits.map(({ page }) => page));
    map = Math.max(map, ...visits.map((one) => one.map));
  }
  return [
    ...figures,
    { what: 'the heaviest page with all that it is made with', unit: 'kB', ours: heaviest / 1e3, bare: null },
    { what: "the map's data", unit: 'kB', ours: map / 1e3, bare: null },
  ];
}

/** One visit with nothing kept, from navigation until the page, or its map, is there. */
async function visit({ bench, browser }: Shown, path: string): Promise<Visit> {
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
  const answer = await page.goto(bench.dashboard.url + path);
  if (answer?.ok() !== true) throw new Error(`${path} answered ${answer?.status() ?? 'nothing'}`);
  if (path.startsWith('/coverage'))
    await page.waitForFunction(() => performance.getEntriesByName('map drawn').length > 0);
  const ms = await page.evaluate<number>(
    `(performance.getEntriesByName('map drawn')[0]?.startTime ?? performance.getEntriesByType('navigation')[0].loadEventEnd)`,
  );
  await context.close();
  return { ms, ...bytes };
}

/** What the dashboard has held at most since it was started, after so many requests of all pages. */
async function memoryOver(
  { dashboard }: BenchInstallation,
  requests: number,
  runId: string,
): Promise<Figure> {
  const paths = [
    ...['/', '/coverage', '/coverage/map', '/coverage?session=2026-11-20'],
    ...['/runs', `/runs/-/${runId}?tab=loads`],
  ];
  let asked = 0;
  const ask = async () => {
    while (asked < requests) {
      const path = paths[asked++ % paths.length] ?? '/';
      const answer = await fetch(dashboard.url + path);
      await answer.arrayBuffer();
      // An error takes less memory than the page in its place.
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  const status = readFileSync(`/proc/${dashboard.pid}/status`, 'utf8');
  const mb = (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6;
  const what = `memory of the dashboard over ${requests} requests, at most`;
  return { what, unit: 'MB', ours: mb, bare: null };
}
