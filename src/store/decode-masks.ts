import { sql, type RawBuilder } from 'kysely';
import { dateOfDayNumber } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { epochDays, firstRowAt } from './copy-binary.ts';

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

/** Columns of masks by month, of rows by month and instrument: numbers as bytes, one after the other, as `decodeMasks` reads them. */
export const packedMasks: RawBuilder<unknown> = sql.join(
  ['instrument_id', 'settled', 'provisional', 'absent'].map(
    (column) =>
      sql`string_agg(int4send(${sql.ref(column)}), null order by instrument_id) as ${sql.ref(`${column}_bytes`)}`,
  ),
);

/** Binary COPY of rows by month, ascending: its first day, its stamp, and the columns of `packedMasks`. */
export function decodeMasks(bytes: Uint8Array): CoverageMasks {
  return aligned([...decodeMonths(bytes)]);
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
  const text = new TextDecoder();
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
    const stampAt = field();
    const stamp = text.decode(bytes.subarray(stampAt, at));
    const ids = new Int32Array(masks());
    yield { month, stamp, ids, settled: masks(), provisional: masks(), absent: masks() };
  }
}

function aligned(stored: readonly StoredMonth[]): CoverageMasks {
  const instrumentIds = union(stored.map(({ ids }) => ids));
  const spread = (kind: 'settled' | 'provisional' | 'absent') =>
    stored.map((month) => spreadOver(instrumentIds, month.ids, month[kind]));
  return {
    months: stored.map(({ month }) => month),
    stamps: stored.map(({ stamp }) => stamp),
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
