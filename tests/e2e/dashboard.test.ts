import { source as axe } from 'axe-core';
import { sql } from 'kysely';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { serveDashboard, type ServedDashboard } from '../support/served-dashboard.ts';
import { enterShownMarket, shownAt } from '../support/shown-market.ts';
import { startSwitchedProxy, type SwitchedProxy } from '../support/switched-proxy.ts';

const browser = await startBrowser();
let store: TestDatabase;
let dashboard: ServedDashboard;
let [postgres, temporal]: SwitchedProxy[] = [];
let runId = '';

beforeAll(async () => {
  store = await freshDatabase();
  ({ runId } = await enterShownMarket(store));
  const url = new URL(store.url);
  postgres = await startSwitchedProxy({ host: url.hostname, port: Number(url.port) });
  const [host = '', port] = inject('temporalAddress').split(':');
  temporal = await startSwitchedProxy({ host, port: Number(port) });
  const address = `127.0.0.1:${temporal.port}`;
  url.hostname = '127.0.0.1';
  url.port = String(postgres.port);
  dashboard = await serveDashboard({
    databaseUrl: url.href,
    temporal: () => ({ address, namespace: 'default', connection: { address } }),
    now: () => new Date(shownAt),
  });
});
afterAll(async () => {
  await browser?.close();
  await dashboard.close();
  await Promise.all([postgres?.away(), temporal?.away()]);
  await store.close();
});

/** A page of a browser that notes whatever ought not to be. */
async function openPage(options: BrowserContextOptions = {}) {
  const context = await (browser as Browser).newContext({
    viewport: { width: 1366, height: 900 },
    ...options,
  });
  onTestFinished(() => context.close());
  await context.addInitScript({ content: axe });
  const page = await context.newPage();
  const noted: string[] = [];
  page.on('console', (message) => noted.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noted.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(dashboard.url)) noted.push(`asked: ${request.url()}`);
  });
  const visit = async (path: string) => {
    await page.goto(`${dashboard.url}${path}`);
    if ((await page.locator('#map').count()) > 0) await mapDrawn(page);
  };
  return { page, noted, visit };
}

const mapDrawn = (page: Page) =>
  page.waitForFunction(() => performance.getEntriesByName('map drawn').length > 0);

/** Serious or critical violations, in brief. */
async function violations(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations: found } = await checker.run();
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

/** What the keyboard is on, and whether that is to be seen; null: on nothing. */
const focusedStop = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  const isSeen = outlineStyle !== 'none' && outlineWidth !== '0px' && width > 0 && height > 0;
  return { html: element.outerHTML.slice(0, 200), isSeen };
})()`;

/** How many tables have something beyond their edge. */
const widerThanShown = `[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).length`;

interface DrawnState {
  readonly state: string;
  readonly colours: readonly string[];
  readonly legend: readonly string[];
}

/** The colours in the midst of all cells of each state, and the one that the legend has. */
const drawnStates = `(async () => {
  const { decode, states } = await import('/assets/coverage-cells.js');
  const { head, cells } = decode(await (await fetch(document.getElementById('map').dataset.bytes)).arrayBuffer());
  const canvas = document.getElementById('cells');
  const context = canvas.getContext('2d');
  const [rows, columns] = [head.symbols.length, head.sessions.length];
  const colours = new Map();
  for (let at = 0; at < rows * columns; at += 1) {
    const x = Math.floor(((at % columns) + 0.5) * canvas.width / columns);
    const y = Math.floor((Math.floor(at / columns) + 0.5) * canvas.height / rows);
    const [red, green, blue] = context.getImageData(x, y, 1, 1).data;
    const state = states[cells[at]];
    colours.set(state, (colours.get(state) ?? new Set()).add('rgb(' + [red, green, blue].join(', ') + ')'));
  }
  const legend = (state) =>
    getComputedStyle(document.querySelector('[data-state="' + state + '"]'), '::before').backgroundColor;
  return [...colours].map(([state, own]) => ({ state, colours: [...own], legend: [legend(state)] }));
})()`;

const paths = [
  ...[
    '/',
    '/coverage',
    '/coverage?symbol=SY00',
    '/coverage?symbol=SY05&session=2026-07-29',
    '/coverage?session=2026-11-25',
  ],
  ...[
    '/coverage?source=yahoo',
    '/coverage?from=nonsense',
    '/runs',
    '/runs?flow=polygon-daily-ingestion&status=with-failures',
  ],
  '/nowhere',
];
const looks = [1366, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describe.skipIf(browser === null)('in a browser', () => {
  test.each(looks)(
    '$width px, $colorScheme: every page is quiet, keeps to itself, fits, and can be used by all',
    async ({ width, colorScheme }) => {
      const { page, noted, visit } = await openPage({ viewport: { width, height: 844 }, colorScheme });
      const ofRun = ['summary', 'loads', 'requests', 'events', 'parameters'].map(
        (tab) => `/runs/-/${runId}?tab=${tab}`,
      );
      for (const path of [...paths, ...ofRun]) {
        await visit(path);
        const size = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
        expect({ path, fits: (size[0] ?? 0) <= (size[1] ?? 0) }).toEqual({ path, fits: true });
        if (width < 600) {
          const wide = await page.evaluate<number>(widerThanShown);
          expect({ path, wide }).toEqual({ path, wide: 0 });
        }
        expect({ path, found: await violations(page) }).toEqual({ path, found: [] });
        expect(await page.title()).toMatch(/ · SIMULATED · barwright$/);
      }
      // Of addresses that are none the browser itself says so.
      expect(noted.filter((one) => !/status of (400|404)/.test(one))).toEqual([]);
    },
  );

  test('by keyboard alone each page is walked, every stop is seen, and the first leads to the content', async () => {
    const { page, visit } = await openPage();
    for (const path of ['/', '/coverage', '/runs', `/runs/-/${runId}?tab=loads`]) {
      await visit(path);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.className')).toBe('skip');
      const stops = await page.locator('a[href], button, input, select, [tabindex="0"]').count();
      const seen = new Set<string>();
      for (let at = 0; at < stops + 5; at += 1) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate<{ html: string; isSeen: boolean } | null>(focusedStop);
        if (stop === null) break;
        expect(stop).toEqual({ html: stop.html, isSeen: true });
        seen.add(stop.html);
      }
      expect(seen.size).toBeGreaterThan(8);
    }
    await visit('/');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL((url) => url.pathname === '/runs');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const second = await page.locator('tbody tr').nth(1).locator('a').first().getAttribute('href');
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe(second);
    await page.focus('#f-symbol');
    await page.keyboard.type('SY01');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('symbol') === 'SY01');
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(5);
  });

  test('the map is walked, zoomed and asked by keys and by hand, and says what it shows', async () => {
    const { page, noted, visit } = await openPage();
    await visit('/coverage?order=symbol');
    const said = () => page.locator('#said').textContent();
    await page.focus('#cells');
    expect(await said()).toContain('SY00, 1 Jun 2026');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await said()).toBe('SY01, 2 Jun 2026: settled');
    for (let at = 0; at < 12; at += 1) await page.keyboard.press('+');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#closer');
    expect(await page.locator('#closer').textContent()).toContain('Settled: the bar is final.');
    expect(new URL(page.url()).searchParams.get('symbol')).toBe('SY01');
    await page.focus('#cells');
    await page.keyboard.press('Escape');
    expect(await page.locator('#closer').count()).toBe(0);
    await page.keyboard.press('0');
    await page.click('[data-zoom="in"]');
    const box = await page.locator('#cells').boundingBox();
    await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    await page.waitForSelector('#closer');
    await page.click('[data-close]');
    expect(await page.locator('#closer').count()).toBe(0);
    expect(noted).toEqual([]);
  });

  test('each cell is drawn in the colour of its state, as the table and the legend have it', async () => {
    const { page, visit } = await openPage();
    await visit('/coverage?order=symbol&from=2026-11-02&to=2026-11-25');
    const found = await page.evaluate<readonly DrawnState[]>(drawnStates);
    expect(found.map(({ state }) => state).sort()).toEqual(
      expect.arrayContaining(['due', 'provisional', 'settled']),
    );
    for (const { colours, legend } of found) expect(colours).toEqual(legend);
  });

  test('without script every page says the same', async () => {
    const { page, noted } = await openPage({ javaScriptEnabled: false });
    await page.goto(`${dashboard.url}/coverage`);
    expect(await page.locator('h1').textContent()).toMatch(/% of .* expected cells are accounted for/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(10);
    await page.click('tbody tr a');
    expect(await page.locator('#closer').textContent()).toMatch(
      /What a repair would ask, \d+ requests?:\s+barwright repair --symbols/,
    );
    await page.goto(`${dashboard.url}/`);
    expect(await page.locator('h1').textContent()).toMatch(/things need attention/);
    expect(noted).toEqual([]);
  });

  test('an open page hears of what changes, says what is away, and comes back by itself', async () => {
    const { page, visit } = await openPage();
    const stale = page.locator('#stale');
    const heading = async () => (await page.locator('h1').textContent()) ?? '';
    await visit('/');
    const before = await heading();
    for (const [parts, words] of [
      [[postgres], 'PostgreSQL is away'],
      [[temporal], 'Temporal is away'],
      [[postgres, temporal], 'PostgreSQL and Temporal are away'],
    ] as const) {
      for (const part of parts) await part?.away();
      await expect.poll(() => stale.textContent(), { timeout: 60_000 }).toBe(words);
      for (const part of parts) await part?.back();
      await expect.poll(() => stale.isVisible(), { timeout: 60_000 }).toBe(false);
      await expect.poll(heading, { timeout: 60_000 }).toBe(before);
    }
    await sql`update market.workers set stopped_at = now()`.execute(store.db);
    await expect.poll(heading, { timeout: 60_000 }).not.toBe(before);
    await sql`update market.workers set stopped_at = null`.execute(store.db);
    await expect.poll(heading, { timeout: 60_000 }).toBe(before);
  });
});

test.runIf(browser === null)(
  'no browser is here, and none can be installed: the pages are not walked',
  () => {
    console.warn(
      'SKIPPED: neither chromium-headless-shell nor chromium is installed, and apt-get cannot bring it',
    );
  },
);
