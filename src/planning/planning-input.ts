import type { SessionDate } from '../domain/session.ts';

/** An instrument with the sessions it misses. */
export interface MissingSeries {
  readonly id: number;
  /** Ascending indexes into the sessions; series may share one list, and a Uint16Array is the compact form. */
  readonly missing: ArrayLike<number>;
  /** Where in `missing` the days under another ticker begin, ascending: a request of their own; unset: nowhere. */
  readonly borders?: readonly number[];
  /** Whether the whole-market answer has it; false for OTC and for a ticker that came later. */
  readonly wholeMarket: boolean;
}

export interface PlanningInput {
  /** Oldest first. */
  readonly sessions: readonly SessionDate[];
  /** For each session how many bars a series has of it. */
  readonly bars: readonly number[];
  /** For each session whether a whole-market request may ask it; all false where the provider has none. */
  readonly wholeMarket: readonly boolean[];
  readonly series: readonly MissingSeries[];
}

/** Throws a RangeError for what cannot be planned, naming the entry. */
export function checkInput({ sessions, bars, wholeMarket, series }: PlanningInput): void {
  if (bars.length !== sessions.length)
    throw new RangeError(`bars has ${bars.length} entries for ${sessions.length} sessions`);
  if (wholeMarket.length !== sessions.length)
    throw new RangeError(`wholeMarket has ${wholeMarket.length} entries for ${sessions.length} sessions`);
  for (const [index, session] of sessions.entries()) {
    if (index > 0 && session <= (sessions[index - 1] ?? ''))
      throw new RangeError(`session ${session} is out of order`);
    const count = bars[index] ?? NaN;
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`the bars of ${session} must be a whole number from 1, not ${count}`);
  }
  const checked = new Set<ArrayLike<number>>();
  for (const { id, missing, borders = [] } of series) {
    if (!checked.has(missing)) checkMissing(id, missing, sessions.length);
    checked.add(missing);
    for (const [at, border] of borders.entries())
      if (!(border > (borders[at - 1] ?? 0) && border < missing.length))
        throw new RangeError(`series ${id}: no part of ${missing.length} sessions begins at ${border}`);
  }
}

/** The first and the last session, by their index, of each request that a series needs. */
export function requestSpans({
  missing,
  borders = [],
}: Pick<MissingSeries, 'missing' | 'borders'>): readonly { readonly first: number; readonly last: number }[] {
  if (missing.length === 0) return [];
  return [0, ...borders].map((at, part) => ({
    first: missing[at] ?? -1,
    last: missing[(borders[part] ?? missing.length) - 1] ?? -1,
  }));
}

function checkMissing(id: number, missing: ArrayLike<number>, sessions: number): void {
  let previous = -1;
  for (let at = 0; at < missing.length; at += 1) {
    const index = missing[at] ?? NaN;
    if (!Number.isInteger(index) || index < 0 || index >= sessions)
      throw new RangeError(`series ${id}: session index ${index} is not one of ${sessions} sessions`);
    if (index <= previous)
      throw new RangeError(`series ${id}: session index ${index} after ${previous} is out of order`);
    previous = index;
  }
}
