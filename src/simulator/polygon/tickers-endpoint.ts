import { isCalendarDate } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { json, type Answer } from '../http/answer.ts';
import { isListedOn, type MarketInstrument } from '../market/market-source.ts';
import { firstAtOrAfter } from '../market/sorted-search.ts';
import { BadQuery, cursorOf, pageQuery, readLimit, readWord } from './page-options.ts';
import type { PolygonContext } from './polygon-context.ts';
import { tickerNotFound } from './polygon-errors.ts';
import type { PolygonRequest } from './polygon-request.ts';
import { tickerDetail, tickerEntry } from './ticker-wire.ts';

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
];

/** `/v3/reference/tickers`: the list as of a date, today's by default; pages are sorted by ticker. */
export function answerTickers({ query, path }: PolygonRequest, context: PolygonContext): Answer {
  const page = pageQuery(query);
  const date = readDate(page, context);
  const limit = readLimit(page, 100, 1_000);
  const found = matching(page, date, context, Math.min(limit, context.pageLimit) + 1);
  const shown = found.slice(0, Math.min(limit, context.pageLimit));
  const last = shown.at(-1);
  const parameters = { ...Object.fromEntries(page), date, limit: String(limit) };
  return json(200, {
    results: shown.map((instrument) => tickerEntry(instrument, date)),
    status: 'OK',
    request_id: context.requestId,
    count: shown.length,
    ...(found.length > shown.length && last !== undefined
      ? {
          next_url: `${context.origin}${path}?cursor=${cursorOf({ ...parameters, page_marker: last.symbol })}`,
        }
      : {}),
  });
}

/** `/v3/reference/tickers/{ticker}`: only what is listed on the date; a delisted one is found in the list alone. */
export function answerTicker({ symbol, query }: PolygonRequest, context: PolygonContext): Answer {
  const instrument = context.source.find(symbol ?? '');
  if (instrument === undefined || !isListedOn(instrument, readDate(query, context))) {
    return tickerNotFound(context.requestId);
  }
  return json(200, { request_id: context.requestId, results: tickerDetail(instrument), status: 'OK' });
}

function matching(
  page: URLSearchParams,
  date: SessionDate,
  { source: { instruments } }: PolygonContext,
  most: number,
): readonly MarketInstrument[] {
  const foreign = [...page.keys()].find((name) => !simulated.includes(name));
  if (foreign !== undefined) throw new BadQuery(`the simulated market knows no filter '${foreign}'`);
  readWord(page, 'sort', ['ticker']);
  readWord(page, 'order', ['asc']);
  const active = readWord(page, 'active', ['true', 'false']) === 'true';
  if (readWord(page, 'market', markets) !== 'stocks') return [];
  const ticker = page.get('ticker');
  const type = page.get('type');
  const marker = page.get('page_marker') ?? '';
  const found: MarketInstrument[] = [];
  for (let at = firstAtOrAfter(instruments, marker, symbolOf); found.length < most; at += 1) {
    const instrument = instruments[at];
    if (instrument === undefined) break;
    if (instrument.symbol === marker || !hasStatus(instrument, active, date)) continue;
    if ((ticker ?? instrument.symbol) !== instrument.symbol || (type ?? instrument.type) !== instrument.type)
      continue;
    found.push(instrument);
  }
  return found;
}

/** Active on the date, or gone before it; what is listed later is neither. */
function hasStatus(instrument: MarketInstrument, active: boolean, date: SessionDate): boolean {
  if (active) return isListedOn(instrument, date);
  return instrument.delistedOn !== null && instrument.delistedOn < date;
}

function readDate(query: URLSearchParams, { nowMs }: PolygonContext): SessionDate {
  const text = query.get('date');
  if (text === null) return exchangeDate(nowMs);
  if (!isCalendarDate(text)) throw new BadQuery("'date' must be YYYY-MM-DD");
  return text;
}

function symbolOf({ symbol }: MarketInstrument): string {
  return symbol;
}
