import { sql } from 'kysely';
import type { BarField } from '../domain/blocked.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { AdjustedBar, Adjustment } from './adjusted-bars.ts';
import type { AsOf } from './as-of.ts';
import type { Database } from './database.ts';

/** A daily bar that a consumer is served, and how it came to be. */
export interface ConsumerBar extends AdjustedBar {
  readonly source: SourceName;
  /** The fields that a person has corrected. */
  readonly corrected: readonly BarField[];
  /** The ids of what is open of the bar of that source: notes and warnings, and errors of fields that are corrected. */
  readonly findings: readonly number[];
}

interface ConsumerWish {
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
  /** As of bars of one source. */
  readonly adjust: Adjustment;
  /** What was known then; unset: what is known now. */
  readonly asOf?: AsOf;
}

type Row = Omit<ConsumerBar, 'opensAt' | 'observedAt'> & { readonly instrument: number; readonly at: Date };

/** The daily bars that consumers are served (`market.consumer_daily_bars`), by instrument; one that has none is left out. */
export async function readConsumerBars(
  db: Database,
  { instrumentIds, range, adjust, asOf }: ConsumerWish,
): Promise<ReadonlyMap<number, readonly ConsumerBar[]>> {
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const { rows } = await sql<Row>`
    select instrument, bar.session_date as session, open, high, low, close, volume, vwap, trades, settled,
      observed_at as at, source, corrected, findings::float8[] as findings
    from unnest(${instrumentIds}::int[]) instrument
    cross join lateral market.consumer_daily_bars(instrument, ${range.from}::date, ${range.to}::date, ${adjust}${then}) bar`.execute(
    db,
  );
  const byInstrument = Map.groupBy(rows, ({ instrument }) => instrument);
  return new Map(byInstrument.entries().map(([id, own]) => [id, own.map(barOf)]));
}

function barOf({ instrument: _id, at, ...bar }: Row): ConsumerBar {
  return { ...bar, opensAt: null, observedAt: at.toISOString() };
}

/** Sessions of a range that have bars, each of them blocked: a consumer is served none. By instrument. */
export async function blockedSessions(
  db: Database,
  { instrumentIds, range, asOf }: Omit<ConsumerWish, 'adjust'>,
): Promise<ReadonlyMap<number, readonly SessionDate[]>> {
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const { rows } = await sql<{ id: number; sessions: readonly SessionDate[] }>`
    select id, array_agg(session_date order by session_date)::text[] as sessions from (
      select id, bar.session_date from unnest(${instrumentIds}::int[]) id cross join market.consumer_sources preferred
      cross join lateral market.adjusted_daily_bars(
        id, preferred.source, ${range.from}::date, ${range.to}::date, 'raw'${then}) bar
      except
      select id, bar.session_date from unnest(${instrumentIds}::int[]) id
      cross join lateral market.consumer_daily_bars(id, ${range.from}::date, ${range.to}::date, 'raw'${then}) bar
    ) lacking group by id`.execute(db);
  return new Map(rows.map(({ id, sessions }) => [id, sessions]));
}
