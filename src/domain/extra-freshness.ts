import { addDays } from './date-range.ts';
import type { SessionDate } from './session.ts';

/** Before every session. */
const beforeAll: SessionDate = '0001-01-01';

/** Which rows of a series have extras: those through a date, of one version; later ones have none, or right ones. */
export interface ExtraState {
  readonly version: string;
  readonly through: SessionDate;
}

/** The date from which stored rows lack extras of a version; null: no row does. `last` is the last stored date. */
export function extrasLackFrom(
  known: ExtraState | null,
  version: string,
  last: SessionDate,
): SessionDate | null {
  if (known?.version !== version) return beforeAll;
  return known.through >= last ? null : addDays(known.through, 1);
}

/**
 * What is known after a run that writes no extras: it takes those of the rows that were due away, since they are of other
 * bars, and leaves the others. `dueFrom` is the first due date; null: no stored row was due.
 */
export function withoutExtras(known: ExtraState | null, dueFrom: SessionDate | null): ExtraState | null {
  if (known === null || dueFrom === null || dueFrom > known.through) return known;
  return { ...known, through: dueFrom === beforeAll ? beforeAll : addDays(dueFrom, -1) };
}
