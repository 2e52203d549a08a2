import { sql, type RawBuilder } from 'kysely';
import { isIntraday, type Interval } from '../domain/interval.ts';

/** How an interval's bars are kept, and how they come in. */
export interface BarLayout {
  readonly interval: Interval;
  readonly table: RawBuilder<unknown>;
  /** A temporary table of what comes in. */
  readonly staging: string;
  /** What tells the bars of one instrument, source and interval apart, the partition first. */
  readonly key: readonly ('session_date' | 'opens_at')[];
  /** What the table has beside the staged columns: as names, values, and a condition on `stored`. */
  readonly ownColumns: RawBuilder<unknown>;
  readonly ownValues: RawBuilder<unknown>;
  readonly isOwn: RawBuilder<unknown>;
}

/** The layout of an interval: bars of several intervals that are shorter than a session share one table. */
export function layoutOf(interval: Interval): BarLayout {
  const staging = `incoming_${interval}`;
  return isIntraday(interval)
    ? {
        interval,
        staging,
        table: sql`market.intraday_bars`,
        key: ['session_date', 'opens_at'],
        ownColumns: sql`, interval`,
        ownValues: sql`, ${interval}`,
        isOwn: sql`stored.interval = ${interval}`,
      }
    : {
        interval,
        staging,
        table: sql`market.daily_bars`,
        key: ['session_date'],
        ownColumns: sql``,
        ownValues: sql``,
        isOwn: sql`true`,
      };
}

/** The key columns in a list, those of a named row where one is named. */
export function keyList({ key }: BarLayout, row?: string): RawBuilder<unknown> {
  return sql.join(key.map((column) => sql.ref(row === undefined ? column : `${row}.${column}`)));
}

/** When a bar of a named row begins; null where it spans its session. */
export function opensAt({ key }: BarLayout, row: string): RawBuilder<unknown> {
  return key.includes('opens_at') ? sql.ref(`${row}.opens_at`) : sql`null::timestamptz`;
}
