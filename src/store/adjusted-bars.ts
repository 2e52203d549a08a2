import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';

export const adjustments = ['raw', 'split', 'total'] as const;
export type Adjustment = (typeof adjustments)[number];

/** A stored bar as it is read: prices and volume in the shares that the adjustment names. */
export interface AdjustedBar {
  readonly session: SessionDate;
  /** Null for a bar that spans a session. */
  readonly opensAt: string | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly vwap: number | null;
  readonly trades: number | null;
  readonly settled: boolean;
  /** ISO 8601. */
  readonly observedAt: string;
}

interface BarsWish {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly range: DateRange;
  /** raw: as traded; split: in the shares of today; total: cash and spin-offs taken out as well. */
  readonly adjust: Adjustment;
  /** What was known then; unset: what is known now. */
  readonly asOf?: AsOf;
}

type Row = Omit<AdjustedBar, 'session' | 'opensAt' | 'observedAt'> & {
  readonly session_date: SessionDate;
  readonly opens_at?: Date;
  readonly observed_at: Date;
};

/** The stored bars of one instrument, oldest first. */
export async function readBars(db: Database, wish: BarsWish): Promise<readonly AdjustedBar[]> {
  const { instrumentId, source, interval, range, adjust, asOf } = wish;
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const { rows } =
    interval === '1d'
      ? await sql<Row>`select * from market.adjusted_daily_bars(${instrumentId}::int, ${source}, ${range.from}::date,
          ${range.to}::date, ${adjust}${then})`.execute(db)
      : await sql<Row>`select * from market.adjusted_intraday_bars(${instrumentId}::int, ${source}, ${interval},
          ${range.from}::date, ${range.to}::date, ${adjust}${then})`.execute(db);
  return rows.map(({ session_date: session, opens_at, observed_at, ...bar }) => ({
    session,
    opensAt: opens_at?.toISOString() ?? null,
    ...bar,
    observedAt: observed_at.toISOString(),
  }));
}

/**
 * The last corporate action that is in prices that are read: a split as shares of today count it, and for total cash and
 * spin-offs as well; null: prices as traded have none, nor have those after the last.
 */
export async function adjustedThrough(
  db: Database,
  {
    instrumentId,
    adjust,
    since,
    asOf,
  }: Pick<BarsWish, 'instrumentId' | 'adjust' | 'asOf'> & { readonly since: SessionDate },
): Promise<SessionDate | null> {
  if (adjust === 'raw') return null;
  const isIn = adjust === 'total' ? sql`true` : sql`ratio is not null and kind <> 'spin_off'`;
  const { rows } = await sql<{ last: SessionDate | null }>`
    select max(ex_date) as last from ${rowsAsOf('corporate_actions', 'corporate_action', asOf)} action
    where instrument_id = ${instrumentId} and status = 'effective' and ex_date > ${since}::date and ${isIn}`.execute(
    db,
  );
  return rows[0]?.last ?? null;
}
