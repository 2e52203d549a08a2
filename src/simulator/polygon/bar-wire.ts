import type { DailyBar } from '../../domain/bar.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { MarketRow } from '../market/market-source.ts';

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
