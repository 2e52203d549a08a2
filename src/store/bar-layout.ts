import { sql, type RawBuilder } from 'kysely';
import { isIntraday, type Interval } from '../domain/interval.ts';
import type { SourceName } from '../domain/source.ts';

/** How an interval's bars are kept, and how they come in. */
export interface BarLayout {
  readonly interval: Interval;
  readonly table: 'market.daily_bars' | 'market.intraday_bars';
  /** A temporary table of what comes in. */
  readonly staging: string;
  /** What tells the bars of one instrument, source and interval apart, the partition first. */
  readonly key: readonly ('session_date' | 'opens_at')[];
  /** Where several intervals share one table, a column says which one it is. */
  readonly own: readonly 'interval'[];
}

/** The layout of an interval: bars of several intervals that are shorter than a session share one table. */
export function layoutOf(interval: Interval): BarLayout {
  const staging = `incoming_${interval}`;
  return isIntraday(interval)
    ? {
        interval,
        staging,
        table: 'market.intraday_bars',
        key: ['session_date', 'opens_at'],
        own: ['interval'],
      }
    : { interval, staging, table: 'market.daily_bars', key: ['session_date'], own: [] };
}

const bodyColumns = [
  ...['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'],
  ...['settled', 'endpoint', 'split_basis', 'observed_at'],
];

/** What comes in with each bar, in this order; what all bars of a write have in common is not sent with each of them. */
export function stagedColumns({ key }: BarLayout): readonly string[] {
  return ['instrument_id', ...key, ...bodyColumns];
}

/** Column names in a list. */
export function columnList(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

/** The key columns in a list, those of a named row where one is named. */
export function keyList({ key }: BarLayout, row?: string): RawBuilder<unknown> {
  return columnList(key.map((column) => (row === undefined ? column : `${row}.${column}`)));
}

/** Whether a stored row, called `stored`, is of the interval. */
export function isOwn({ own, interval }: BarLayout): RawBuilder<unknown> {
  return own.length === 0 ? sql`true` : sql`stored.interval = ${interval}`;
}

/** The bars of an interval that a source has told of an instrument. */
export interface BarSeries {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
}

/** Whether a stored row, called `stored`, is of a series. */
export function isOfSeries({ instrumentId, source, interval }: BarSeries): RawBuilder<unknown> {
  return sql`stored.instrument_id = ${instrumentId} and stored.source = ${source} and ${isOwn(layoutOf(interval))}`;
}

/** The bars of an interval that a source has told of several instruments. */
export interface ManySeries extends Omit<BarSeries, 'instrumentId'> {
  readonly instrumentIds: readonly number[];
}

/** Whether a stored row, called `stored`, is of one of the series. */
export function isOfMany({ instrumentIds, source, interval }: ManySeries): RawBuilder<unknown> {
  return sql`stored.instrument_id = any(${instrumentIds}::int[]) and stored.source = ${source}
    and ${isOwn(layoutOf(interval))}`;
}

/** When a bar of a named row begins; null where it spans its session. */
export function opensAt({ key }: BarLayout, row: string): RawBuilder<unknown> {
  return key.includes('opens_at') ? sql.ref(`${row}.opens_at`) : sql`null::timestamptz`;
}
