import type { InstrumentReference } from '../../domain/instrument.ts';
import { MalformedResponse, SymbolNotFound } from '../../domain/provider-errors.ts';
import type { InstrumentPage, RequestOptions, TradingPlace } from '../provider.ts';
import { endpoint, nextPage, otherPage } from './addresses.ts';
import { getJson, type PolygonAccess } from './http.ts';
import { parseTicker } from './parse.ts';
import { readRecords } from './records.ts';
import { listAnswer, tickerAnswer, tickerRecord } from './wire.ts';

export const tickersPath = '/v3/reference/tickers';

/** The stock under a ticker, delisted ones included; null when there is none. Throws a `ProviderError`. */
export async function polygonInstrument(
  deps: PolygonAccess,
  symbol: string,
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  try {
    return await readTicker(deps, symbol, options);
  } catch (error) {
    if (!(error instanceof SymbolNotFound)) throw error;
    return findDelisted(deps, symbol, options);
  }
}

/** One page of the stocks that are listed, or of those that no longer are. Throws a `ProviderError`. */
export async function polygonInstruments(
  deps: PolygonAccess,
  { active, next }: { readonly active: boolean; readonly next: string | null },
  options: RequestOptions,
): Promise<InstrumentPage> {
  const query = { market: 'stocks', active: String(active), sort: 'ticker', order: 'asc', limit: '1000' };
  return readListPage(deps, next === null ? endpoint(deps, tickersPath, query) : nextPage(next), options);
}

async function readTicker(
  deps: PolygonAccess,
  symbol: string,
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  const url = endpoint(deps, `${tickersPath}/${encodeURIComponent(symbol)}`, {});
  const { body } = await getJson(deps, { url, schema: tickerAnswer, asked: { symbol } }, options);
  if (body.results.ticker === symbol) return parseTicker(body.results);
  throw new MalformedResponse(`asked for ${symbol}, the answer is for another ticker`);
}

/** The detail endpoint does not know delisted tickers; of several under one ticker the latest counts. */
async function findDelisted(
  deps: PolygonAccess,
  symbol: string,
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  const query = { ticker: symbol, market: 'stocks', active: 'false', limit: '1000' };
  const { instruments } = await readListPage(deps, endpoint(deps, tickersPath, query), options);
  const same = instruments.filter((instrument) => instrument.symbol === symbol);
  same.sort((a, b) => ((a.delistedOn ?? '') < (b.delistedOn ?? '') ? 1 : -1));
  return same[0] ?? null;
}

/** One page of a list of tickers. Throws a `ProviderError`. */
export async function readListPage(
  deps: PolygonAccess,
  url: URL,
  options: RequestOptions,
  place?: TradingPlace,
): Promise<InstrumentPage> {
  const { body } = await getJson(deps, { url, schema: listAnswer, asked: {} }, options);
  const { read, rejected } = readRecords(body.results ?? [], { schema: tickerRecord });
  const instruments = read.flatMap((record) => parseTicker(record, place) ?? []);
  return { instruments, rejected, next: otherPage(body.next_url, url) };
}
