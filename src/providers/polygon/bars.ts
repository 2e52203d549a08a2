import { addDays, type DateRange } from '../../domain/date-range.ts';
import {
  BrokenPaging,
  NotEntitled,
  NotYetAvailable,
  RequestRefused,
  type ProviderError,
} from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { MarketDayAnswer, RequestOptions, SeriesAnswer, SeriesWish } from '../provider.ts';
import { endpoint, nextPage, onAnyName } from './addresses.ts';
import { getJson, type CheckedAnswer, type PolygonAccess } from './http.ts';
import { parseMarketDay, SeriesPages } from './parse.ts';
import { PartlyRefused } from './refusal.ts';
import { aggregatesAnswer, marketDayAnswer, type WireAggregates } from './wire.ts';

/** No honest series of daily bars has more pages: one holds 200 years. */
const maxPages = 100;
/** A page may be empty, as its limit counts minute bars; two that bring nothing new are a loop. */
const maxBarrenPages = 2;
const largestPage = 50_000;
/** Rows at which an answer without a next page has been cut: the limit that is asked for, and the provider's own. */
const limits: ReadonlySet<number> = new Set([largestPage, 5_000]);

interface SeriesQuestion {
  readonly symbol: string;
  readonly range: DateRange;
}

/**
 * All pages of a symbol's raw daily bars; without the youngest sessions of the range where the plan has them later.
 * Throws a `ProviderError`.
 */
export async function polygonSeries(
  deps: PolygonAccess,
  { symbol, wish: { interval, range } }: { readonly symbol: string; readonly wish: SeriesWish },
  options: RequestOptions,
): Promise<SeriesAnswer> {
  if (interval !== '1d') throw new RequestRefused(`bars of ${interval} are not asked here`);
  try {
    return await readSeries(deps, { symbol, range }, options);
  } catch (error) {
    if (!(error instanceof PartlyRefused)) throw error;
    return await readOlder(deps, { symbol, range }, error.verdict, options);
  }
}

/** Gives up day after day at the end of a refused range, for as long as the last one is not final. */
async function readOlder(
  deps: PolygonAccess,
  { symbol, range }: SeriesQuestion,
  verdict: ProviderError,
  options: RequestOptions,
): Promise<SeriesAnswer> {
  let refused = 1;
  for (let to = addDays(range.to, -1); to >= range.from; to = addDays(to, -1)) {
    try {
      const answer = await readSeries(deps, { symbol, range: { from: range.from, to } }, options);
      return { ...answer, requests: answer.requests + refused };
    } catch (error) {
      if (!(error instanceof NotEntitled || error instanceof NotYetAvailable)) throw error;
      if (!(error instanceof PartlyRefused)) break;
      refused += 1;
    }
  }
  throw verdict;
}

async function readSeries(
  deps: PolygonAccess,
  { symbol, range }: SeriesQuestion,
  options: RequestOptions,
): Promise<SeriesAnswer> {
  const path = `/v2/aggs/ticker/${encodeURIComponent(symbol)}/range/1/day/${range.from}/${range.to}`;
  const first = endpoint(deps, path, { adjusted: 'false', sort: 'asc', limit: String(largestPage) });
  return readPages(deps, { symbol, range, first }, options);
}

/** One session's raw daily bars of the whole market. Throws a `ProviderError`. */
export async function polygonMarketDay(
  deps: PolygonAccess,
  session: SessionDate,
  options: RequestOptions,
): Promise<MarketDayAnswer> {
  const path = `/v2/aggs/grouped/locale/us/market/stocks/${session}`;
  const url = endpoint(deps, path, { adjusted: 'false', include_otc: 'false' });
  const asked = { range: { from: session, to: session } };
  const { body, observedAt } = await getJson(deps, { url, schema: marketDayAnswer, asked }, options);
  return { session, requests: 1, observedAt, ...parseMarketDay(session, body) };
}

async function readPages(
  deps: PolygonAccess,
  { symbol, range, first }: SeriesQuestion & { readonly first: URL },
  options: RequestOptions,
): Promise<SeriesAnswer> {
  const pages = new SeriesPages(symbol, range);
  const seen = new Set<string>();
  let barren = 0;
  let url: URL | null = first;
  let observedAt = '';
  let isCut = false;
  while (url !== null) {
    if (seen.size >= maxPages || seen.has(onAnyName(url)))
      throw new BrokenPaging(`page ${seen.size + 1} is one too many`);
    seen.add(onAnyName(url));
    const answer: CheckedAnswer<WireAggregates> = await getJson(
      deps,
      { url, schema: aggregatesAnswer, asked: { symbol, range } },
      options,
    );
    barren = pages.add(answer.body) ? 0 : barren + 1;
    observedAt = answer.observedAt;
    const { results, queryCount } = answer.body;
    isCut = limits.has(results?.length ?? 0) || limits.has(queryCount ?? 0);
    const next: string | null = answer.body.next_url ?? null;
    if (next !== null && barren >= maxBarrenPages)
      throw new BrokenPaging(`${barren} pages brought nothing new`);
    url = next === null ? null : nextPage(next);
  }
  return { symbol, requests: seen.size, observedAt, isCut, ...pages.result() };
}
