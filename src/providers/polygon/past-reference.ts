import { isCalendarDate } from '../../domain/date-range.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import { MalformedResponse, SymbolNotFound } from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { InstrumentPage, PastPageWish, RequestOptions, TickerChange } from '../provider.ts';
import { endpoint, nextPage } from './addresses.ts';
import { getJson, type PolygonAccess } from './http.ts';
import { parseTicker } from './parse.ts';
import { readListPage, tickersPath } from './reference.ts';
import { eventsAnswer, tickerAnswer } from './wire.ts';

/** One page of the stocks that were listed on a day, under their tickers of that day. Throws a `ProviderError`. */
export async function polygonListOn(
  deps: PolygonAccess,
  { date, place, next }: PastPageWish,
  options: RequestOptions,
): Promise<InstrumentPage> {
  const at = date === null ? {} : { date };
  const query = { market: place, active: 'true', ...at, sort: 'ticker', order: 'asc', limit: '1000' };
  const url = next === null ? endpoint(deps, tickersPath, query) : nextPage(next);
  return readListPage(deps, url, options, place);
}

/** The stock that bore a ticker on a day, null when there was none. Throws a `ProviderError`. */
export async function polygonBearer(
  deps: PolygonAccess,
  { ticker, date }: { readonly ticker: string; readonly date: SessionDate },
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  const url = endpoint(deps, `${tickersPath}/${encodeURIComponent(ticker)}`, { date });
  const asked = { symbol: ticker };
  try {
    const { body } = await getJson(deps, { url, schema: tickerAnswer, asked }, options);
    if (body.results.ticker === ticker) return parseTicker(body.results);
  } catch (error) {
    if (error instanceof SymbolNotFound) return null;
    throw error;
  }
  throw new MalformedResponse(`asked for ${ticker}, the answer is for another ticker`);
}

/** The tickers of the instrument with a FIGI, null when there is none. Throws a `ProviderError`. */
export async function polygonTickerChanges(
  deps: PolygonAccess,
  figi: string,
  options: RequestOptions,
): Promise<readonly TickerChange[] | null> {
  const url = endpoint(deps, `/vX/reference/tickers/${encodeURIComponent(figi)}/events`, {});
  try {
    const { body } = await getJson(deps, { url, schema: eventsAnswer, asked: { symbol: figi } }, options);
    return (body.results.events ?? []).flatMap(({ date, ticker_change: change }) =>
      change != null && typeof date === 'string' && isCalendarDate(date)
        ? [{ ticker: change.ticker, date }]
        : [],
    );
  } catch (error) {
    if (error instanceof SymbolNotFound) return null;
    throw error;
  }
}
