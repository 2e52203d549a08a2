import { isCalendarDate } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { json, type Answer } from '../http/answer.ts';
import { firstAtOrAfter } from '../market/sorted-search.ts';
import { isBorneOn, type Tenure } from '../market/tenure.ts';
import { BadQuery, cursorOf, pageQuery, readLimit, readWord } from './page-options.ts';
import type { PolygonContext } from './polygon-context.ts';
import { tickerNotFound } from './polygon-errors.ts';
import type { PolygonRequest } from './polygon-request.ts';
import { tickerDetail, tickerEntry, tickerEvents } from './ticker-wire.ts';

const markets = ['stocks', 'otc', 'crypto', 'fx', 'indices'] as const;
const simulated = [
  'ticker',
  'type',
  'active',
  'market',
  'date',
  'limit',
  'sort',
  'order',
  'cursor',
  'page_marker',
  'page_skip',
];

/** `/v3/reference/tickers`: the list as of a date, today's by default; pages are sorted by ticker. */
export function answerTickers({ query, path }: PolygonRequest, context: PolygonContext): Answer {
  const page = pageQuery(query);
  const date = readDate(page, context);
  const limit = readLimit(page, 100, 1_000);
  const most = Math.min(limit, context.pageLimit);
  const found = matching(page, date, context, most + 1);
  const shown = found.slice(0, most).map(({ tenure }) => tickerEntry(tenure, date));
  const last = found.length > most ? found[most - 1] : undefined;
  return json(200, {
    results: shown,
    status: 'OK',
    request_id: context.requestId,
    count: shown.length,
    ...(last === undefined ? {} : { next_url: nextUrl(path, page, { date, limit, last }, context) }),
  });
}

/** The cursor names the last ticker shown; where several bear it, also how many of them are behind. */
function nextUrl(
  path: string,
  page: URLSearchParams,
  { date, limit, last }: { readonly date: SessionDate; readonly limit: number; readonly last: Found },
  { origin, tenures }: PolygonContext,
): string {
  const { ticker } = last.tenure;
  const behind = last.at + 1 - firstAtOrAfter(tenures, ticker, tickerOf);
  const skip = { page_marker: ticker, page_skip: String(behind) };
  const parameters = { ...Object.fromEntries(page), date, limit: String(limit), ...skip };
  return `${origin}${path}?cursor=${cursorOf(parameters)}`;
}

/** `/v3/reference/tickers/{ticker}`: only what is listed on the date; a delisted one is found in the list alone. */
export function answerTicker({ symbol, query }: PolygonRequest, context: PolygonContext): Answer {
  const tenure = bearerOf(symbol ?? '', readDate(query, context), context);
  if (tenure === undefined) return tickerNotFound(context.requestId);
  return json(200, { request_id: context.requestId, results: tickerDetail(tenure), status: 'OK' });
}

/** `/vX/reference/tickers/{id}/events`, of the company with that FIGI or of the one that bears that ticker today. */
export function answerEvents({ symbol: id, query }: PolygonRequest, context: PolygonContext): Answer {
  const { requestId, tenures } = context;
  const today = exchangeDate(context.nowMs);
  readWord(query, 'types', ['ticker_change']);
  const company =
    tenures.find((tenure) => tenure.company.figi === id)?.company ??
    bearerOf(id ?? '', today, context)?.company;
  if (company === undefined) return tickerNotFound(requestId);
  const borne = tenures.filter((tenure) => tenure.company === company && tenure.from <= today);
  return json(200, { request_id: requestId, results: tickerEvents(company, borne), status: 'OK' });
}

function bearerOf(ticker: string, date: SessionDate, { tenures }: PolygonContext): Tenure | undefined {
  for (let at = firstAtOrAfter(tenures, ticker, tickerOf); tenures[at]?.ticker === ticker; at += 1) {
    const tenure = tenures[at];
    if (tenure !== undefined && isBorneOn(tenure, date)) return tenure;
  }
  return undefined;
}

/** A tenure and where it stands among all. */
interface Found {
  readonly tenure: Tenure;
  readonly at: number;
}

function matching(
  page: URLSearchParams,
  date: SessionDate,
  { tenures }: PolygonContext,
  most: number,
): readonly Found[] {
  const foreign = [...page.keys()].find((name) => !simulated.includes(name));
  if (foreign !== undefined) throw new BadQuery(`the simulated market knows no filter '${foreign}'`);
  readWord(page, 'sort', ['ticker']);
  readWord(page, 'order', ['asc']);
  const active = readWord(page, 'active', ['true', 'false']) === 'true';
  const market = readWord(page, 'market', markets);
  const ticker = page.get('ticker');
  const type = page.get('type');
  const first = firstAtOrAfter(tenures, page.get('page_marker') ?? '', tickerOf);
  const found: Found[] = [];
  for (let at = first + Number(page.get('page_skip') ?? '0'); found.length < most; at += 1) {
    const tenure = tenures[at];
    if (tenure === undefined) break;
    if (tenure.market !== market || !hasStatus(tenure, active, date)) continue;
    if ((ticker ?? tenure.ticker) !== tenure.ticker || (type ?? tenure.company.type) !== tenure.company.type)
      continue;
    found.push({ tenure, at });
  }
  return found;
}

/** Active on the date, or gone before it; what is listed later is neither. */
function hasStatus(tenure: Tenure, active: boolean, date: SessionDate): boolean {
  return active ? isBorneOn(tenure, date) : tenure.to < date;
}

function readDate(query: URLSearchParams, { nowMs }: PolygonContext): SessionDate {
  const text = query.get('date');
  if (text === null) return exchangeDate(nowMs);
  if (!isCalendarDate(text)) throw new BadQuery("'date' must be YYYY-MM-DD");
  return text;
}

function tickerOf({ ticker }: Tenure): string {
  return ticker;
}
