import type { DailyBar } from '../../domain/bar.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { isListedOn, type MarketInstrument, type MarketRow } from '../market/market-source.ts';

// Bars are written as text by hand: a market day has 10,000 of them. Field order is that of the recordings.

/** A bar of `/v2/aggs/ticker`: its `t` is the start of the window, midnight in New York. */
export function aggregateRow(bar: DailyBar): string {
  return `{${valuesOf(bar, midnightMs(bar.session))}}`;
}

/** One entry a date that was ever served: a quarter of a series' time went into finding its midnights again. */
const midnights = new Map<SessionDate, number>();

function midnightMs(session: SessionDate): number {
  const known = midnights.get(session);
  if (known !== undefined) return known;
  const instant = exchangeInstant(session, 0);
  midnights.set(session, instant);
  return instant;
}

/** A bar of `/v2/aggs/grouped`; its `t` is the end of the window. */
export function marketDayRow({ symbol, bar }: MarketRow, endsAtMs: number): string {
  return `{"T":${JSON.stringify(symbol)},${valuesOf(bar, endsAtMs)}}`;
}

/** The `t` of a market day: 16:00 in New York, as in the recorded one. */
export function marketDayEndsAtMs(session: SessionDate): number {
  return exchangeInstant(session, 16 * 60);
}

function valuesOf({ open, high, low, close, volume, vwap, trades }: DailyBar, t: number): string {
  const weighted = vwap === null ? '' : `"vw":${vwap},`;
  const count = trades === null ? '' : `,"n":${trades}`;
  return `"v":${volume},${weighted}"o":${open},"c":${close},"h":${high},"l":${low},"t":${t}${count}`;
}

/** The text before and after the rows of either bar endpoint; without rows there is no `results`. */
export function barsEnvelope(given: {
  readonly ticker?: string;
  readonly count: number;
  readonly adjusted: boolean;
  readonly requestId: string;
  readonly nextUrl?: string | undefined;
}): readonly [head: string, tail: string] {
  const { ticker, count, adjusted, requestId, nextUrl } = given;
  const named = ticker === undefined ? '' : `"ticker":${JSON.stringify(ticker)},`;
  const next = nextUrl === undefined ? '' : `,"next_url":${JSON.stringify(nextUrl)}`;
  const [opening, closing] = count === 0 ? ['', ''] : ['"results":[', '],'];
  return [
    `{${named}"queryCount":${count},"resultsCount":${count},"adjusted":${adjusted},${opening}`,
    `${closing}"status":"OK","request_id":"${requestId}","count":${count}${next}}`,
  ];
}

/** An entry of `/v3/reference/tickers` as of a date; blank fields are absent. */
export function tickerEntry(instrument: MarketInstrument, date: SessionDate): Record<string, unknown> {
  const active = isListedOn(instrument, date);
  return {
    ...commonFields(instrument, active),
    ...(active ? {} : { delisted_utc: `${instrument.delistedOn}T00:00:00Z` }),
    last_updated_utc: `${date}T00:00:00Z`,
  };
}

/** The `results` of `/v3/reference/tickers/{ticker}`. */
export function tickerDetail(instrument: MarketInstrument): Record<string, unknown> {
  return {
    ...commonFields(instrument, true),
    ticker_root: instrument.symbol.replace(/[.p].*$/, ''),
    ...present({ list_date: instrument.listedOn }),
    round_lot: 100,
  };
}

function commonFields(
  { symbol, name, type, exchange, figi, cik, currency }: MarketInstrument,
  active: boolean,
) {
  return {
    ticker: symbol,
    ...present({ name }),
    market: 'stocks',
    locale: 'us',
    ...present({ primary_exchange: exchange, type }),
    active,
    ...present({ currency_name: currency, cik, composite_figi: figi }),
  };
}

function present(fields: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
