import { sql, type RawBuilder } from 'kysely';
import type { EffectiveSplit, SeriesDigest } from '../domain/indicator-freshness.ts';
import { firstKnown, type SessionDate } from '../domain/session.ts';
import type { DayRange } from '../domain/session-days.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import { copyOut } from './copy.ts';
import { epochDays, firstRowAt } from './copy-binary.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import type { Transaction } from './transaction.ts';

/** Daily bars of a source, of several instruments, up to a date. */
interface SeriesQuery {
  readonly instrumentIds: readonly number[];
  readonly source: SourceName;
  readonly through: SessionDate;
  /** Unset: from the first one. */
  readonly since?: SessionDate;
}

/** When the bars were observed, summed as intervals, in seconds: an epoch of each would take a quarter of the time. */
const observedSum = sql`date_part('epoch', sum(observed_at - timestamptz '2020-01-01 00:00+00'))`;
/** The days by which their prices are adjusted beyond their own sessions. */
const basisSum = sql`sum(coalesce(split_basis - session_date, 0))::float8`;

/** What of the daily bars of some series is served split-adjusted, as market.is_known() says. */
async function servedBars(db: Database, instrumentIds: readonly number[]): Promise<RawBuilder<unknown>> {
  const isKnown = sql`bar.split_basis is distinct from ${sql.lit(unknownBasis)}::date`;
  const { rows } = await sql<{ id: number; until: SessionDate }>`
    select instrument_id as id, max(ex_date) as until from market.corporate_actions
    where instrument_id = any(${instrumentIds}::int[]) and status = 'disputed' group by instrument_id`.execute(
    db,
  );
  // Hardly ever is one disputed: to look at each bar for that would take a third longer.
  if (rows.length === 0) return isKnown;
  const ids = sql.lit(`{${rows.map(({ id }) => id).join(',')}}`);
  const ends = sql.lit(`{${rows.map(({ until }) => until).join(',')}}`);
  return sql`${isKnown} and not exists (select from unnest(${ids}::int[], ${ends}::date[]) disputed(id, until)
    where disputed.id = bar.instrument_id and bar.session_date < disputed.until)`;
}

/** The daily bars as PostgreSQL's binary COPY, a row for each instrument that has one, for `decodeBars`. */
export async function copyBars(
  tx: Transaction,
  { instrumentIds, source, through, since = firstKnown }: SeriesQuery,
): Promise<Uint8Array<ArrayBuffer>> {
  const isServed = await servedBars(tx, instrumentIds);
  // What of each bar is read, in the order of `StoredSeries`: as bytes, one after the other, oldest first.
  return copyOut(
    tx,
    sql`select bar.instrument_id, ${observedSum}, ${basisSum},
      string_agg(date_send(session_date), null order by session_date),
      string_agg(float8send(open), null order by session_date),
      string_agg(float8send(high), null order by session_date),
      string_agg(float8send(low), null order by session_date),
      string_agg(float8send(close), null order by session_date),
      string_agg(float8send(volume), null order by session_date),
      string_agg(date_send(coalesce(split_basis, '-infinity')), null order by session_date)
    from market.daily_bars bar
    where bar.instrument_id = any(${sql.lit(`{${instrumentIds.join(',')}}`)}::int[])
      and bar.source = ${sql.lit(source)} and bar.session_date between ${sql.lit(since)} and ${sql.lit(through)} and ${isServed}
    group by bar.instrument_id`,
  );
}

/** The bars of one instrument as columns, oldest first, one at least; days count from 1970-01-01. */
export interface StoredSeries {
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** The splits up to this day are in the prices; `asTraded` where none is. */
  readonly basis: Int32Array;
  /** What the bars add to the digest. */
  readonly observedSum: number;
  readonly basisSum: number;
}

/** Minus infinity, as PostgreSQL writes it. */
export const asTraded = -2_147_483_648;

/** The bars that `copyBars` has read, by instrument. */
export function decodeBars(bytes: Uint8Array): ReadonlyMap<number, StoredSeries> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const series = new Map<number, StoredSeries>();
  let at = firstRowAt(bytes);
  /** Steps over a field to where the next one begins, and says where its bytes do. */
  const field = () => {
    const begin = at + 4;
    at = begin + view.getInt32(at);
    return begin;
  };
  const floats = () => {
    const begin = field();
    const values = new Float64Array((at - begin) / 8);
    for (let row = 0; row < values.length; row += 1) values[row] = view.getFloat64(begin + 8 * row);
    return values;
  };
  const days = () => {
    const begin = field();
    const values = new Int32Array((at - begin) / 4);
    for (let row = 0; row < values.length; row += 1) {
      const day = view.getInt32(begin + 4 * row);
      values[row] = day === asTraded ? asTraded : day + epochDays;
    }
    return values;
  };
  while (view.getInt16(at) >= 0) {
    at += 2;
    const instrument = view.getInt32(field());
    const [observedSum, basisSum] = [view.getFloat64(field()), view.getFloat64(field())];
    const day = days();
    const [open, high, low, close, volume] = [floats(), floats(), floats(), floats(), floats()];
    series.set(instrument, { day, open, high, low, close, volume, basis: days(), observedSum, basisSum });
  }
  return series;
}

/** Splits and spin-offs that are in effect, by instrument, oldest first. */
export async function effectiveSplits(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly EffectiveSplit[]>> {
  const { rows } = await sql<EffectiveSplit & { instrument_id: number }>`
    select instrument_id, ex_date as "exDate", ratio, kind = 'spin_off' as "spinOff" from market.corporate_actions
    where instrument_id = any(${instrumentIds}::int[]) and status = 'effective' and ratio is not null
    order by instrument_id, ex_date, id`.execute(db);
  return Map.groupBy(rows, ({ instrument_id }) => instrument_id);
}

/** A digest as far as the store knows it; the calendar says how many sessions the rest of it are. */
export interface StoredDigest extends Omit<SeriesDigest, 'expected' | 'absences' | 'blockedSum'> {
  /** The sessions after its first bar that are known to have none. */
  readonly absent: readonly DayRange[];
  readonly first: SessionDate;
  readonly last: SessionDate;
}

/** The digests of series, each up to its own date; a series without a bar has none. */
export async function seriesDigests(
  db: Database,
  source: SourceName,
  series: readonly { readonly instrumentId: number; readonly through: SessionDate }[],
): Promise<ReadonlyMap<number, StoredDigest>> {
  const ids = series.map(({ instrumentId }) => instrumentId);
  const ends = series.map(({ through }) => through);
  const isServed = await servedBars(db, ids);
  const { rows } = await sql<StoredDigest & { id: number }>`
    with wanted as (
      select id, through from unnest(${ids}::int[], ${ends}::date[]) w(id, through)
    ), summed as (
      select wanted.id, count(*)::int as bars, ${observedSum} as "observedSum", ${basisSum} as "basisSum",
        min(session_date) as first, max(session_date) as last
      from wanted join market.daily_bars bar on bar.instrument_id = wanted.id and bar.source = ${source}
        and bar.session_date <= wanted.through
      where ${isServed}
      group by wanted.id
    )
    select summed.*, (select coalesce(jsonb_agg(jsonb_build_array(
        greatest(absence.session_date, summed.first + 1) - date '1970-01-01',
        least(absence.last_session, wanted.through) - date '1970-01-01')), '[]') from market.bar_absences absence
      where absence.instrument_id = summed.id and absence.source = ${source} and absence.interval = '1d'
        and absence.confirmed
        and absence.last_session > summed.first and absence.session_date <= wanted.through) as absent
    from summed join wanted using (id)`.execute(db);
  return new Map(rows.map(({ id, ...digest }) => [id, digest]));
}
