import type { DateRange } from '../../domain/date-range.ts';
import { BrokenPaging, RequestRefused } from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { MarketDayAnswer, RequestOptions, SeriesAnswer, SeriesWish } from '../provider.ts';
import { endpoint, nextPage } from './addresses.ts';
import { getJson, type CheckedAnswer, type PolygonAccess } from './http.ts';
import { parseMarketDay, SeriesPages } from './parse.ts';
import { aggregatesAnswer, marketDayAnswer, type WireAggregates } from './wire.ts';

/** No honest series of daily bars has more pages: one holds 200 years. */
const maxPages = 100;
/** A page may be empty, as its limit counts minute bars; two that bring nothing new are a loop. */
const maxBarrenPages = 2;
const largestPage = 50_000;
/** Rows at which an answer without a next page has been cut: the limit that is asked for, and the provider's own. */
const limits: ReadonlySet<number> = new Set([largestPage, 5_000]);

/** All pages of a symbol's raw daily bars. Throws a `ProviderError`. */
export async function polygonSeries(
  deps: PolygonAccess,
  { symbol, wish }: { readonly symbol: string; readonly wish: SeriesWish },
  options: RequestOptions,
): Promise<SeriesAnswer> {
  const { interval, range } = wish;
  if (interval !== '1d') throw new RequestRefused(`bars of ${interval} are not asked here`);
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
  { symbol, range, first }: { readonly symbol: string; readonly range: DateRange; readonly first: URL },
  options: RequestOptions,
): Promise<SeriesAnswer> {
  const pages = new SeriesPages(symbol, range);
  const seen = new Set<string>();
  let barren = 0;
  let url: URL | null = first;
  let observedAt = '';
  let isCut = false;
  while (url !== null) {
    if (seen.size >= maxPages || seen.has(url.href))
      throw new BrokenPaging(`page ${seen.size + 1} is one too many`);
    seen.add(url.href);
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
