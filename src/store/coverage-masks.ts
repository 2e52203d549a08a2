import { sql } from 'kysely';
import { dateOfDayNumber } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { copyOut } from './copy.ts';
import { epochDays, firstRowAt } from './copy-binary.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** Months of a source and interval, each named by its first day, both included. */
export interface MonthsQuery {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/**
 * Which days are covered: of each month one mask an instrument, in the order of `instrumentIds`, and bit d - 1 of a mask is
 * day d. Days without a session may lie among those that are absent.
 */
export interface CoverageMasks {
  /** Those of which anything is stored, by their first days, ascending. */
  readonly months: readonly SessionDate[];
  /** Of each month another text once its masks have changed. */
  readonly stamps: readonly string[];
  /** Those with any such day, ascending. */
  readonly instrumentIds: Int32Array;
  readonly settled: readonly Uint32Array[];
  readonly provisional: readonly Uint32Array[];
  readonly absent: readonly Uint32Array[];
}

const stamp = sql`version || '-' || (extract(epoch from changed_at) * 1000000)::bigint`;

/** The masks of all instruments, and the stamps that they had, from one snapshot. */
export async function readCoverageMasks(
  tx: Transaction,
  { source, interval, from, to }: MonthsQuery,
): Promise<CoverageMasks> {
  const within = sql`source = ${sql.lit(source)} and interval = ${sql.lit(interval)}
    and month between ${sql.lit(from)}::date and ${sql.lit(to)}::date`;
  // In the order of `StoredMonth`: numbers as bytes, one after the other.
  const bytes = await copyOut(
    tx,
    sql`select month, ${stamp}, ids, settled, provisional, absent from (
      select month, string_agg(int4send(instrument_id), null order by instrument_id) as ids,
        string_agg(int4send(settled), null order by instrument_id) as settled,
        string_agg(int4send(provisional), null order by instrument_id) as provisional,
        string_agg(int4send(absent), null order by instrument_id) as absent
      from market.coverage_months where ${within} and (settled | provisional | absent) <> 0 group by month
    ) masks join (select * from market.coverage_versions where ${within}) versions using (month) order by month`,
  );
  return aligned([...decodeMonths(bytes)]);
}

/** The stamps of months of which anything was ever stored, by the first day of each. */
export async function coverageStamps(
  db: Database,
  { source, interval, from, to }: MonthsQuery,
): Promise<ReadonlyMap<SessionDate, string>> {
  const { rows } = await sql<{ month: SessionDate; stamp: string }>`
    select month, ${stamp} as stamp from market.coverage_versions
    where source = ${source} and interval = ${interval} and month between ${from}::date and ${to}::date
    order by month`.execute(db);
  return new Map(rows.map(({ month, stamp: text }) => [month, text]));
}

/** A month as it is stored, with its own instruments, ascending. */
interface StoredMonth {
  readonly month: SessionDate;
  readonly stamp: string;
  readonly ids: Int32Array;
  readonly settled: Uint32Array;
  readonly provisional: Uint32Array;
  readonly absent: Uint32Array;
}

function* decodeMonths(bytes: Uint8Array): Generator<StoredMonth> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = firstRowAt(bytes);
  /** Steps over a field to where the next one begins, and says where its bytes do. */
  const field = () => {
    const begin = at + 4;
    at = begin + view.getInt32(at);
    return begin;
  };
  const masks = () => {
    const begin = field();
    const values = new Uint32Array((at - begin) / 4);
    for (let row = 0; row < values.length; row += 1) values[row] = view.getUint32(begin + 4 * row);
    return values;
  };
  while (view.getInt16(at) >= 0) {
    at += 2;
    const month = dateOfDayNumber(view.getInt32(field()) + epochDays);
    const text = field();
    const stampText = new TextDecoder().decode(bytes.subarray(text, at));
    const ids = new Int32Array(masks());
    yield { month, stamp: stampText, ids, settled: masks(), provisional: masks(), absent: masks() };
  }
}

function aligned(stored: readonly StoredMonth[]): CoverageMasks {
  const instrumentIds = union(stored.map(({ ids }) => ids));
  const spread = (kind: 'settled' | 'provisional' | 'absent') =>
    stored.map((month) => spreadOver(instrumentIds, month.ids, month[kind]));
  return {
    months: stored.map(({ month }) => month),
    stamps: stored.map((month) => month.stamp),
    instrumentIds,
    settled: spread('settled'),
    provisional: spread('provisional'),
    absent: spread('absent'),
  };
}

/** Every id once, ascending. */
function union(all: readonly Int32Array[]): Int32Array {
  const ids = new Int32Array(all.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const own of all) {
    ids.set(own, filled);
    filled += own.length;
  }
  ids.sort();
  let kept = 0;
  for (const id of ids) if (kept === 0 || id !== ids[kept - 1]) ids[kept++] = id;
  return ids.slice(0, kept);
}

/** Masks of some of the ids, in the places of all; 0 of the others. */
function spreadOver(ids: Int32Array, own: Int32Array, masks: Uint32Array): Uint32Array {
  if (own.length === ids.length) return masks;
  const spread = new Uint32Array(ids.length);
  for (let place = 0, row = 0; row < own.length; place += 1)
    if (ids[place] === own[row]) spread[place] = masks[row++] ?? 0;
  return spread;
}
