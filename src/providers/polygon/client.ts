import type { z } from 'zod';
import type { DateRange } from '../../domain/date-range.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import {
  BrokenPaging,
  MalformedResponse,
  RequestRefused,
  SymbolNotFound,
} from '../../domain/provider-errors.ts';
import type {
  ActionPage,
  BarProvider,
  InstrumentPage,
  ListedAction,
  RequestOptions,
  SeriesAnswer,
} from '../provider.ts';
import { getJson, type Answer, type HttpDeps } from './http.ts';
import { parseDividend, parseSplit } from './parse-actions.ts';
import { parseMarketDay, parseTicker, SeriesPages } from './parse.ts';
import {
  aggregatesAnswer,
  dividendsAnswer,
  marketDayAnswer,
  splitsAnswer,
  tickerAnswer,
  tickersAnswer,
  type WireAggregates,
} from './wire.ts';

export type PolygonDeps = Pick<HttpDeps, 'baseUrl' | 'apiKey' | 'beforeRequest'> & Partial<HttpDeps>;

const defaults = {
  fetch: globalThis.fetch,
  timeoutMs: 30_000,
  // A whole market day is 1.4 MB, a page of 50,000 bars 6 MB.
  maxBytes: 64 * 2 ** 20,
  now: () => new Date(),
};

/** No honest series of daily bars has more pages: one holds 200 years. */
const maxPages = 100;
/** A page may be empty, as its limit counts minute bars; two that bring nothing new are a loop. */
const maxBarrenPages = 2;
const largestPage = '50000';

/** Polygon (Massive) over HTTP: raw daily bars and the reference of US stocks. Errors: `providers/errors.ts`. */
export function createPolygonProvider(given: PolygonDeps): BarProvider {
  // Headers are sent trimmed: what is sent is what messages must not repeat.
  const deps: HttpDeps = { ...defaults, ...given, apiKey: given.apiKey.trim() };
  const endpoint = (path: string, query: Record<string, string>) => {
    const url = new URL(`${deps.baseUrl.replace(/\/+$/, '')}${path}`);
    url.search = new URLSearchParams(query).toString();
    return url;
  };
  const nextPage = (text: string) => {
    if (URL.canParse(text)) return new URL(text);
    throw new BrokenPaging('the address of the next page is no URL');
  };

  return {
    name: 'polygon',

    async series(symbol, { interval, range }, options = {}) {
      if (interval !== '1d') throw new RequestRefused(`bars of ${interval} are not asked here`);
      const path = `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range.from}/${range.to}`;
      const first = endpoint(path, { adjusted: 'false', sort: 'asc', limit: largestPage });
      return readSeries({ symbol, range }, first, options);
    },

    async marketDay(session, options = {}) {
      const url = endpoint(`/v2/aggs/grouped/locale/us/market/stocks/${session}`, {
        adjusted: 'false',
        include_otc: 'false',
      });
      const asked = { range: { from: session, to: session } };
      const { body, observedAt } = await getJson(deps, { url, schema: marketDayAnswer, asked }, options);
      return { session, requests: 1, observedAt, ...parseMarketDay(session, body) };
    },

    async lookUp(symbol, options = {}) {
      try {
        return await readTicker(symbol, options);
      } catch (error) {
        if (!(error instanceof SymbolNotFound)) throw error;
        return findDelisted(symbol, options);
      }
    },

    listActions: (page, options = {}) => readActions(page, options),

    async listInstruments({ active, next }, options = {}) {
      const query = { market: 'stocks', active: String(active), sort: 'ticker', order: 'asc', limit: '1000' };
      return readList(next === null ? endpoint('/v3/reference/tickers', query) : nextPage(next), options);
    },
  };

  async function readActions(
    { list, range, next }: Parameters<BarProvider['listActions']>[0],
    options: RequestOptions,
  ): Promise<ActionPage> {
    const date = list === 'splits' ? 'execution_date' : 'ex_dividend_date';
    const query = {
      [`${date}.gte`]: range.from,
      [`${date}.lte`]: range.to,
      sort: `${date}.asc`,
      limit: '5000',
    };
    const url = next === null ? endpoint(`/stocks/v1/${list}`, query) : nextPage(next);
    const { observedAt, parsed, nextUrl } = await (list === 'splits'
      ? readPage(url, splitsAnswer, parseSplit, options)
      : readPage(url, dividendsAnswer, parseDividend, options));
    if (nextUrl === url.href) throw new BrokenPaging('the next page is the same page');
    const actions = parsed.filter((action) => action !== null);
    return { actions, refused: parsed.length - actions.length, observedAt, next: nextUrl };
  }

  async function readPage<Wire>(
    url: URL,
    schema: z.ZodType<{
      readonly results?: Wire[] | null | undefined;
      readonly next_url?: string | null | undefined;
    }>,
    parse: (record: Wire) => ListedAction | null,
    options: RequestOptions,
  ) {
    const { body, observedAt } = await getJson(deps, { url, schema, asked: {} }, options);
    return { observedAt, parsed: (body.results ?? []).map(parse), nextUrl: body.next_url ?? null };
  }

  async function readSeries(
    { symbol, range }: { readonly symbol: string; readonly range: DateRange },
    first: URL,
    options: RequestOptions,
  ): Promise<SeriesAnswer> {
    const pages = new SeriesPages(symbol, range);
    const seen = new Set<string>();
    let barren = 0;
    let url: URL | null = first;
    let observedAt = '';
    while (url !== null) {
      if (seen.size >= maxPages || seen.has(url.href))
        throw new BrokenPaging(`page ${seen.size + 1} is one too many`);
      seen.add(url.href);
      const answer: Answer<WireAggregates> = await getJson(
        deps,
        { url, schema: aggregatesAnswer, asked: { symbol, range } },
        options,
      );
      barren = pages.add(answer.body) ? 0 : barren + 1;
      observedAt = answer.observedAt;
      const next: string | null = answer.body.next_url ?? null;
      if (next !== null && barren >= maxBarrenPages)
        throw new BrokenPaging(`${barren} pages brought nothing new`);
      url = next === null ? null : nextPage(next);
    }
    return { symbol, requests: seen.size, observedAt, ...pages.result() };
  }

  async function readTicker(symbol: string, options: RequestOptions): Promise<InstrumentReference | null> {
    const url = endpoint(`/v3/reference/tickers/${encodeURIComponent(symbol)}`, {});
    const { body } = await getJson(deps, { url, schema: tickerAnswer, asked: { symbol } }, options);
    if (body.results.ticker === symbol) return parseTicker(body.results);
    throw new MalformedResponse(`asked for ${symbol}, the answer is for another ticker`);
  }

  /** The detail endpoint does not know delisted tickers; of several under one ticker the latest counts. */
  async function findDelisted(symbol: string, options: RequestOptions): Promise<InstrumentReference | null> {
    const query = { ticker: symbol, market: 'stocks', active: 'false', limit: '1000' };
    const { instruments } = await readList(endpoint('/v3/reference/tickers', query), options);
    const same = instruments.filter((instrument) => instrument.symbol === symbol);
    same.sort((a, b) => ((a.delistedOn ?? '') < (b.delistedOn ?? '') ? 1 : -1));
    return same[0] ?? null;
  }

  async function readList(url: URL, options: RequestOptions): Promise<InstrumentPage> {
    const { body } = await getJson(deps, { url, schema: tickersAnswer, asked: {} }, options);
    const instruments = (body.results ?? []).flatMap((record) => parseTicker(record) ?? []);
    const next = body.next_url ?? null;
    if (next === url.href) throw new BrokenPaging('the next page is the same page');
    return { instruments, next };
  }
}
