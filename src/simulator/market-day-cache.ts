import type { SessionDate } from '../domain/session.ts';
import type { MarketSource } from './market-source.ts';
import { marketDayEndsAtMs, marketDayRow } from './wire.ts';

/** The rows of a market day as they go over the wire, joined by commas. */
export interface MarketDayText {
  readonly count: number;
  readonly rows: Buffer;
}

export type MarketDayCache = (session: SessionDate) => MarketDayText;

/** Keeps the most recently used market days; one of 10,000 rows is 1.3 MB. */
export function createMarketDayCache(source: MarketSource, capacity = 32): MarketDayCache {
  const kept = new Map<SessionDate, MarketDayText>();
  return (session) => {
    const text = kept.get(session) ?? textOf(source, session);
    kept.delete(session);
    kept.set(session, text);
    const [oldest] = kept.keys();
    if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
    return text;
  };
}

function textOf(source: MarketSource, session: SessionDate): MarketDayText {
  const endsAtMs = marketDayEndsAtMs(session);
  const rows = source.marketDay(session).map((row) => marketDayRow(row, endsAtMs));
  return { count: rows.length, rows: Buffer.from(rows.join(',')) };
}
