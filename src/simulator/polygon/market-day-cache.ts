import type { SessionDate } from '../../domain/session.ts';
import type { MarketRow, MarketSource } from '../market/market-source.ts';
import type { Moment } from '../market/moment.ts';
import { splitAdjusted, splitSteps } from './adjusted-bar.ts';
import { marketDayEndsAtMs, marketDayRow } from './bar-wire.ts';

/** The rows of a market day as they go over the wire, joined by commas. */
interface MarketDayText {
  readonly count: number;
  readonly rows: Buffer;
}

/** The rows as traded, or adjusted for the splits up to that moment. */
export type MarketDayCache = (session: SessionDate, adjustedTo: Moment | null) => MarketDayText;

/** Keeps the most recently used market days; one of 10,000 rows is 1.3 MB. */
export function createMarketDayCache(source: MarketSource, capacity = 32): MarketDayCache {
  const kept = new Map<string, MarketDayText>();
  return (session, adjustedTo) => {
    const key = `${session} ${adjustedTo?.today ?? 'raw'}`;
    const text = kept.get(key) ?? textOf(source, session, adjustedTo);
    kept.delete(key);
    kept.set(key, text);
    const [oldest] = kept.keys();
    if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
    return text;
  };
}

function textOf(source: MarketSource, session: SessionDate, adjustedTo: Moment | null): MarketDayText {
  const endsAtMs = marketDayEndsAtMs(session);
  const rows = source
    .marketDay(session)
    .map((row) => (adjustedTo === null ? row : adjustedRow(source, row, adjustedTo)))
    .map((row) => marketDayRow(row, endsAtMs));
  return { count: rows.length, rows: Buffer.from(rows.join(',')) };
}

function adjustedRow(source: MarketSource, { symbol, bar }: MarketRow, moment: Moment): MarketRow {
  return { symbol, bar: splitAdjusted(bar, splitSteps(source.actions(symbol), moment)) };
}
