import type { DayRange } from './session-days.ts';

/** The fields of a bar, in the order of the bits that stand for them. */
export const barFields = ['open', 'high', 'low', 'close', 'volume'] as const;
export type BarField = (typeof barFields)[number];

/**
 * Why a row of indicators lacks values: `blocked`, a field of its bar is known to be wrong; `partial`, they would remember
 * a hole; `warming_up`, there are not enough bars before.
 */
export type MissingReason = 'blocked' | 'partial' | 'warming_up';

/** Sessions of a series, of whose bars some fields are known to be wrong: the days from 1970-01-01, both ends included. */
export interface BlockedRange {
  readonly days: DayRange;
  /** A bit a field. */
  readonly fields: number;
}

/** Fields as bits. */
export function fieldBits(fields: readonly BarField[]): number {
  return fields.reduce((bits, field) => bits | (1 << barFields.indexOf(field)), 0);
}

/** A number that tells what is blocked up to a day from what was; 0 for nothing. */
export function blockedSum(ranges: readonly BlockedRange[], through: number): number {
  return ranges.reduce((sum, { days: [from, to], fields }) => {
    return from > through ? sum : sum + (31 * from + to) * fields;
  }, 0);
}

/** The blocked fields of each day as bits; null where nothing is. `days` are in order. */
export function blockedRows(ranges: readonly BlockedRange[], days: Int32Array): Uint8Array | null {
  if (ranges.length === 0) return null;
  const bits = new Uint8Array(days.length);
  let found = false;
  for (const [row, day] of days.entries()) {
    for (const { days: range, fields } of ranges) {
      if (day < range[0] || day > range[1]) continue;
      bits[row] = (bits[row] ?? 0) | fields;
      found = true;
    }
  }
  return found ? bits : null;
}
