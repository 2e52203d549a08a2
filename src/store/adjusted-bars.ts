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
  readonly instrumentIds: readonly number[];
  readonly source: SourceName;
  readonly interval: Interval;
  readonly range: DateRange;
  /** raw: as traded; split: in the shares of today; total: cash and spin-offs taken out as well. */
  readonly adjust: Adjustment;
  /** What was known then; unset: what is known now. */
  readonly asOf?: AsOf;
}

type Row = Omit<AdjustedBar, 'session' | 'opensAt' | 'observedAt'> & {
  readonly instrument: number;
  readonly session_date: SessionDate;
  readonly opens_at?: Date;
  readonly observed_at: Date;
};

/** The stored bars of instruments by their ids, oldest first; one that has none is left out. */
export async function readBarsOfMany(
  db: Database,
  { instrumentIds, source, interval, range, adjust, asOf }: BarsWish,
): Promise<ReadonlyMap<number, readonly AdjustedBar[]>> {
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const bars =
    interval === '1d'
      ? sql`market.adjusted_daily_bars(instrument, ${source}, ${range.from}::date, ${range.to}::date, ${adjust}${then})`
      : sql`market.adjusted_intraday_bars(instrument, ${source}, ${interval}, ${range.from}::date, ${range.to}::date,
          ${adjust}${then})`;
  // In one statement: to plan one for each takes ten times as long as to run it.
  const { rows } = await sql<Row>`
    select instrument, bar.* from unnest(${instrumentIds}::int[]) instrument cross join lateral ${bars} bar`.execute(
    db,
  );
  const found = new Map<number, AdjustedBar[]>();
  for (const { instrument, session_date: session, opens_at, observed_at, ...values } of rows) {
    const opensAt = opens_at?.toISOString() ?? null;
    const bar = { session, opensAt, ...values, observedAt: observed_at.toISOString() };
    const own = found.get(instrument);
    if (own === undefined) found.set(instrument, [bar]);
    else own.push(bar);
  }
  return found;
}

/** The stored bars of one instrument, oldest first. */
export async function readBars(
  db: Database,
  { instrumentId, ...wish }: Omit<BarsWish, 'instrumentIds'> & { readonly instrumentId: number },
): Promise<readonly AdjustedBar[]> {
  return (await readBarsOfMany(db, { ...wish, instrumentIds: [instrumentId] })).get(instrumentId) ?? [];
}

/**
 * The last corporate action that is in prices that are read, by instrument, of each from a session on: a split as shares of
 * today count it, and for total cash and spin-offs as well. Prices as traded have none, nor have those after the last.
 */
export async function adjustedThrough(
  db: Database,
  series: readonly { readonly instrumentId: number; readonly since: SessionDate }[],
  { adjust, asOf }: Pick<BarsWish, 'adjust' | 'asOf'>,
): Promise<ReadonlyMap<number, SessionDate>> {
  if (adjust === 'raw') return new Map();
  const isIn = adjust === 'total' ? sql`true` : sql`ratio is not null and kind <> 'spin_off'`;
  const [ids, begins] = [series.map(({ instrumentId }) => instrumentId), series.map(({ since }) => since)];
  const { rows } = await sql<{ id: number; last: SessionDate }>`
    select series.id, max(ex_date) as last from unnest(${ids}::int[], ${begins}::date[]) series(id, since)
    join ${rowsAsOf('corporate_actions', 'corporate_action', asOf)} action on action.instrument_id = series.id
    where status = 'effective' and ex_date > since and ${isIn} group by series.id`.execute(db);
  return new Map(rows.map(({ id, last }) => [id, last]));
}
