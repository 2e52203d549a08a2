import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { EffectiveSplit, SeriesDigest } from '../domain/indicator-freshness.ts';
import type { SessionDate } from '../domain/session.ts';
import { epochDays, firstRowAt } from './copy-binary.ts';

/** Daily bars of a source, of several instruments, up to a date. */
export interface SeriesQuery {
  readonly instrumentIds: readonly number[];
  readonly source: string;
  readonly through: SessionDate;
}

type Client = Pick<pg.PoolClient, 'query'>;

/** Milliseconds of an instant, without those of a thousand million: a sum of many stays exact. */
const observed = `(round(date_part('epoch', observed_at) * 1000)::bigint % 1000000000)::int`;
/** Days by which the prices are adjusted beyond their own session. */
const basis = `coalesce(split_basis - session_date, 0)`;

/** The daily bars as PostgreSQL's binary COPY, for `decodeBars`. */
export async function copyBars(client: pg.PoolClient, query: SeriesQuery): Promise<Uint8Array<ArrayBuffer>> {
  const stream = client.query(
    // COPY takes no parameters: these are numbers, and words that we escape.
    copyTo(`copy (select instrument_id, session_date, open, high, low, close, volume, split_basis, observed_at
      from market.daily_bars where instrument_id in (${query.instrumentIds.map(Number).join(',') || 'null'})
        and source = ${literal(query.source)} and session_date <= ${literal(query.through)}) to stdout (format binary)`),
  );
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Bars of several instruments as columns, in no particular order; days count from 1970-01-01. */
export interface BarColumns {
  readonly rows: number;
  readonly instrument: Int32Array;
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** The splits up to this day are in the prices; `asTraded` where none is. */
  readonly basis: Int32Array;
  /** What each bar adds to the digest. */
  readonly observedPart: Int32Array;
  readonly basisPart: Int32Array;
}

export const asTraded = -2_147_483_648;
/** Of a row without a basis, which is four bytes shorter. */
const leastRowBytes = 2 + 9 * 4 + 4 + 4 + 5 * 8 + 8;

export function decodeBars(bytes: Uint8Array): BarColumns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const most = Math.floor(bytes.length / leastRowBytes) + 1;
  const ints = () => new Int32Array(most);
  const floats = () => new Float64Array(most);
  const [instrument, day, basis, observedPart, basisPart] = [ints(), ints(), ints(), ints(), ints()];
  const [open, high, low, close, volume] = [floats(), floats(), floats(), floats(), floats()];
  let rows = 0;
  for (let at = firstRowAt(bytes); view.getInt16(at) >= 0; rows += 1) {
    instrument[rows] = view.getInt32(at + 6);
    day[rows] = view.getInt32(at + 14) + epochDays;
    open[rows] = view.getFloat64(at + 22);
    high[rows] = view.getFloat64(at + 34);
    low[rows] = view.getFloat64(at + 46);
    close[rows] = view.getFloat64(at + 58);
    volume[rows] = view.getFloat64(at + 70);
    const hasBasis = view.getInt32(at + 78) === 4;
    basis[rows] = hasBasis ? view.getInt32(at + 82) + epochDays : asTraded;
    basisPart[rows] = hasBasis ? view.getInt32(at + 82) - view.getInt32(at + 14) : 0;
    const rest = at + (hasBasis ? 86 : 82);
    observedPart[rows] = observedPartOf(view.getInt32(rest + 4) * 4_294_967_296 + view.getUint32(rest + 8));
    at = rest + 12;
  }
  return { rows, instrument, day, open, high, low, close, volume, basis, observedPart, basisPart };
}

const epochMs = epochDays * 86_400_000;

/** The same as `observed`; microseconds since 2000-01-01. */
function observedPartOf(micros: number): number {
  return (Math.round(micros / 1000) + epochMs) % 1_000_000_000;
}

/** Splits and spin-offs that are in effect, by instrument, oldest first. */
export async function effectiveSplits(
  client: Client,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly EffectiveSplit[]>> {
  const { rows } = await client.query<EffectiveSplit & { instrument_id: number }>(
    `select instrument_id, ex_date as "exDate", ratio, kind = 'spin_off' as "spinOff" from market.corporate_actions
     where instrument_id = any($1::int[]) and status = 'effective' and ratio is not null
     order by instrument_id, ex_date, id`,
    [instrumentIds],
  );
  return Map.groupBy(rows, ({ instrument_id }) => instrument_id);
}

const firstBar = `(select session_date from market.daily_bars bar
  where bar.instrument_id = wanted.id and bar.source = $2 order by session_date limit 1)`;

/** Sessions after the first bar that are known to have none, by instrument. */
export async function knownAbsences(
  client: Client,
  { instrumentIds, source, through }: SeriesQuery,
): Promise<ReadonlyMap<number, readonly SessionDate[]>> {
  const { rows } = await client.query<{ id: number; sessions: SessionDate[] }>(
    `select wanted.id, array_agg(absence.session_date::text) as sessions
     from unnest($1::int[]) wanted(id) join market.bar_absences absence on absence.instrument_id = wanted.id
       and absence.source = $2 and absence.interval = '1d' and absence.confirmed and absence.session_date <= $3
     where absence.session_date > ${firstBar}
     group by wanted.id`,
    [instrumentIds, source, through],
  );
  return new Map(rows.map(({ id, sessions }) => [id, sessions]));
}

/** A digest as far as the store knows it, and the first bar: the calendar says what was expected from there. */
export interface StoredDigest extends Omit<SeriesDigest, 'expected'> {
  readonly first: SessionDate;
  readonly last: SessionDate;
}

/** The digests of series, each up to its own date; a series without a bar has none. */
export async function seriesDigests(
  client: Client,
  source: string,
  series: readonly { readonly instrumentId: number; readonly through: SessionDate }[],
): Promise<ReadonlyMap<number, StoredDigest>> {
  const { rows } = await client.query<StoredDigest & { id: number }>(
    `with wanted as (
       select id, through from unnest($1::int[], $3::date[]) w(id, through)
     ), summed as (
       select wanted.id, count(*)::int as bars, sum(${observed})::float8 as "observedSum", sum(${basis})::float8 as "basisSum",
         min(session_date) as first, max(session_date) as last
       from wanted join market.daily_bars bar on bar.instrument_id = wanted.id and bar.source = $2
         and bar.session_date <= wanted.through
       group by wanted.id
     )
     select summed.*, (select count(*)::int from market.bar_absences absence
       where absence.instrument_id = summed.id and absence.source = $2 and absence.interval = '1d' and absence.confirmed
         and absence.session_date > summed.first and absence.session_date <= wanted.through) as absences
     from summed join wanted using (id)`,
    [series.map(({ instrumentId }) => instrumentId), source, series.map(({ through }) => through)],
  );
  return new Map(rows.map(({ id, ...digest }) => [id, digest]));
}
