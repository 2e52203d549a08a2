import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Client } from '@temporalio/client';
import { Hono, type Context } from 'hono';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { createCoverageMaps } from '../operations/coverage-maps.ts';
import { createFreshnessReader } from '../operations/freshness.ts';
import type { Store } from '../store/database.ts';
import { readAssets } from './assets.ts';
import type { Whereabouts } from './connections.ts';
import { formTokens, guard, signInPath, tokenField, type GuardEnv, type Place } from './guard.ts';
import { layout } from './layout.ts';
import { html, nothing, plainText, type Html } from './markup.ts';
import { navigation, type Page, type PageName, type Visit } from './page.ts';
import { pageClock } from './page-clock.ts';
import { feeds, type Fed, type Feed } from './feeds.ts';
import { look } from './live/look.ts';
import { createPoller } from './live/poller.ts';
import { streamChanges } from './live/stream.ts';
import { madeTogether } from './live/made-together.ts';
import { pages as allPages } from './pages.ts';
import { verdict } from './parts.ts';
import { reached, type Found } from './reaching.ts';
import { signIn } from './sign-in.ts';

/** What a dashboard is made with. */
export interface DashboardDeps {
  readonly config: Config;
  readonly place: Place;
  readonly logger: Logger;
  /** A database that cannot be written to; rejects where there is none. */
  readonly readingStore: () => Promise<Store>;
  readonly temporal: () => Promise<Client>;
  readonly where: Pick<Whereabouts, 'temporalUi' | 'baseUrls'>;
  readonly now?: () => Date;
  /** Between two looks at what has changed; 2,000 unless told. */
  readonly pollMs?: number;
  /** Ends what goes on as long as pages are open. */
  readonly ending: AbortSignal;
  readonly pages?: readonly Page[];
}

type Asked = Context<GuardEnv>;

const zipped = promisify(gzip);
/** Smaller ones are in one packet as they are. */
const zippedFrom = 1_024;

/** A statement has five seconds, behind others of its page. */
const storePatience = { patienceMs: 12_000, awayPatienceMs: 1_500 };
const temporalPatience = { patienceMs: 4_000, awayPatienceMs: 500 };

/** The dashboard, as what answers requests. */
export function createDashboard(deps: DashboardDeps): Hono<GuardEnv> {
  const { config, place, logger, now = () => new Date(), pages = allPages } = deps;
  const tokens = formTokens();
  const assets = readAssets();
  const store = reached({ name: 'PostgreSQL', open: deps.readingStore, ...storePatience, logger, now });
  const temporal = reached({ name: 'Temporal', open: deps.temporal, ...temporalPatience, logger, now });
  const kept = { maps: createCoverageMaps(), freshness: createFreshnessReader() };
  const links = linksOf(pages);
  const visit = (c: Asked, path: string) =>
    visitOf(c, path, { ...deps, now: now() }, { ...kept, store, temporal, token: tokens.acting });
  const once = madeTogether<Sent | null>(() => performance.now());
  const secret = config.dashboard.token;
  const clock = () => pageClock(config.displayTimeZone, now());
  const poller = createPoller({
    look: () => look({ store, temporal, clock }),
    everyMs: deps.pollMs ?? 2_000,
  });

  const send = async (c: Asked, page: Sent) => {
    const frame = { market: config.market, zone: config.displayTimeZone, now: now(), assetUrl: assets.urlOf };
    const signOut = c.get('isKnown') === true ? signOutForm(tokens.acting) : nothing;
    return document(c, await layout({ ...frame, ...page, links, signOut }, page.body), page.status);
  };

  const app = new Hono<GuardEnv>();
  for (const check of guard(place, tokens)) app.use(check);
  if (secret !== null) {
    const page = (c: Asked, body: Html, status: 401 | 429) =>
      send(c, { title: 'Sign in', current: null, body, status });
    const { required, take, end } = signIn({ secret, place, now, page, formToken: tokens.signingIn });
    app.use(required).post(signInPath, take).post('/sign-out', end);
    // Where a wrong token has left the browser.
    app.get(signInPath, (c) => c.redirect('/', 303));
  }
  app.get('/health', (c) => c.text('ok\n'));
  app.get('/assets/:name', (c) => assets.answer(c, c.req.param('name')));
  for (const page of pages) {
    const show = async (c: Asked) => {
      const make = () => made(page, visit(c, page.path));
      // Of the pages that are open on one address the first asks for all.
      const isOne = c.req.header(liveHeader) !== undefined;
      const shown = await (isOne ? once(`${poller.changes()} ${c.req.url}`, make) : make());
      return shown === null ? c.notFound() : send(c, shown);
    };
    app.get(page.below ? `${page.path}/*` : page.path, show);
  }
  app.get('/live', (c) => streamChanges(c, poller, deps.ending));
  for (const feed of feeds) app.get(feed.path, (c) => fed(c, feed, visit(c, feed.path)));
  app.notFound((c) => send(c, { ...sentence('There is no such page'), status: 404 }));
  app.onError((error, c) => {
    logger.error({ error, path: c.req.path }, 'a page could not be shown');
    // Not by way of the layout, which may be what fails.
    return c.text('This page could not be shown: the log of the dashboard says why.\n', 500);
  });
  return app;
}

interface Sent {
  readonly title: string;
  readonly current: PageName | null;
  readonly body: Html;
  readonly status: 200 | 400 | 401 | 404 | 429 | 500 | 503;
  readonly scripts?: readonly string[];
}

/** Sent by a page that is open, when it hears of a change. */
const liveHeader = 'x-barwright-live';

async function made(page: Page, visit: Visit & Worst): Promise<Sent | null> {
  const shown = await page.show(visit);
  if (shown === null) return null;
  const status = visit.worst() ?? shown.status ?? 200;
  return { ...shown, current: page.name, scripts: ['live.js', 'keys.js', ...(page.scripts ?? [])], status };
}

function sentence(said: string): Pick<Sent, 'title' | 'current' | 'body'> {
  return { title: said, current: null, body: verdict('warn', said, html`<a href="/">Today</a> is there.`) };
}

function linksOf(pages: readonly Page[]) {
  return navigation.flatMap((name) => {
    const page = pages.find((one) => one.name === name);
    return page === undefined ? [] : [{ name, path: page.path }];
  });
}

function signOutForm(token: string): Html {
  return html`<form method="post" action="/sign-out">
    <input type="hidden" name="${tokenField}" value="${token}" /><button>Sign out</button>
  </form>`;
}

async function document(c: Asked, markup: { toString(): string }, status: Sent['status']): Promise<Response> {
  c.header('Content-Type', 'text/html; charset=utf-8');
  return packed(c, Buffer.from(markup.toString()), status);
}

function takesGzip(c: Asked): boolean {
  return /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
}

/** A body, gzipped where it gains and is taken so: quickly, since it is made anew each time. */
async function packed(c: Asked, body: Uint8Array<ArrayBuffer>, status: Sent['status']): Promise<Response> {
  c.header('Vary', 'Accept-Encoding');
  if (body.length < zippedFrom || !takesGzip(c)) return c.body(body, status);
  c.header('Content-Encoding', 'gzip');
  return c.body(new Uint8Array(await zipped(body, { level: 4 })), status);
}

async function fed(c: Asked, feed: Feed, made: Visit & Worst): Promise<Response> {
  const found = await feed.answer(made);
  if ('refused' in found) return c.text(`${plainText(found.refused)}\n`, 400);
  if (!found.ok) return c.text(`${found.trouble.text}\n`, made.worst() ?? 503);
  const { type, body, zipped: kept, etag } = found.value;
  if (etag !== null) {
    c.header('ETag', etag);
    c.header('Cache-Control', 'private, no-cache');
    c.header('Vary', 'Accept-Encoding');
    if (c.req.header('if-none-match') === etag) return c.body(null, 304);
  }
  c.header('Content-Type', type);
  if (kept === undefined || !takesGzip(c)) return packed(c, bytesOf(body()), 200);
  c.header('Content-Encoding', 'gzip');
  return c.body(new Uint8Array(await kept()), 200);
}

function bytesOf(body: ReturnType<Fed['body']>): Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? Buffer.from(body) : new Uint8Array(body);
}

/** What goes on for a page that has gone ends as well. */
function withinTime<Value>(asking: (client: Client) => Promise<Value>) {
  return (client: Client) =>
    client.withDeadline(Date.now() + temporalPatience.patienceMs, () => asking(client));
}

interface Reaching extends Pick<Visit, 'maps' | 'freshness'> {
  readonly store: ReturnType<typeof reached<Store>>;
  readonly temporal: ReturnType<typeof reached<Client>>;
  readonly token: string;
}

interface Worst {
  readonly worst: () => 500 | 503 | null;
}

/** A visit, and what the worst of its troubles makes of its answer; null: there were none. */
function visitOf(
  c: Asked,
  path: string,
  { config, now, where }: Pick<DashboardDeps, 'config' | 'where'> & { readonly now: Date },
  { store, temporal, maps, freshness, token }: Reaching,
): Visit & Worst {
  const clock = pageClock(config.displayTimeZone, now);
  const { pathname, searchParams } = new URL(c.req.url);
  let worst: 500 | 503 | null = null;
  const noted = <Value>(found: Found<Value>, ifAway: 503 | null): Found<Value> => {
    if (found.ok) return found;
    if (found.trouble.kind === 'broken') worst = 500;
    else worst ??= ifAway;
    return found;
  };
  return {
    ...{ config, now, clock, query: searchParams, token, maps, freshness },
    below: pathname.slice(path.length).split('/').slice(1).map(decodeURIComponent),
    read: async (reading) => noted(await store.reach((reached) => reading(reached.db, reached), clock), 503),
    // Without it a page has less, and stands.
    ask: async (asking) => noted(await temporal.reach(withinTime(asking), clock), null),
    ...{ temporalUi: where.temporalUi, baseUrls: where.baseUrls },
    worst: () => worst,
  };
}
