import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import type { SessionDate } from '../domain/session.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import type { AsOf } from '../store/as-of.ts';
import type { Database } from '../store/database.ts';
import { actionDatesRead } from '../store/known-actions.ts';
import { note } from './output.ts';

/** Ex-dates whose actions a source had not been asked for; null: from the beginning, or on to the end. */
export interface UnreadActions {
  readonly source: SourceName;
  readonly from: SessionDate | null;
  readonly to: SessionDate | null;
}

/** What had not been read of each source's actions at an instant, up to the last session that had closed; by instrument. */
export async function notKnownActions(
  db: Database,
  instrumentIds: readonly number[],
  asOf: AsOf,
): Promise<ReadonlyMap<number, readonly UnreadActions[]>> {
  const found = new Map(instrumentIds.map((id): [number, UnreadActions[]] => [id, []]));
  for (const source of sourceNames) {
    const read = await actionDatesRead(db, { source, instrumentIds, asOf });
    for (const [id, unread] of found)
      unread.push(...outside(read.get(id), asOf).map((range) => ({ source, ...range })));
  }
  return found;
}

/** No exchange is closed for so long. */
const daysWithoutSession = 14;

function lastClosed(asOf: AsOf): SessionDate {
  const [instant, today] = [Date.parse(asOf), exchangeDate(Date.parse(asOf))];
  const sessions = sessionsBetween({ from: addDays(today, -daysWithoutSession), to: today });
  return sessions.findLast(({ closesAt }) => Date.parse(closesAt) <= instant)?.session ?? today;
}

function outside(read: DateRange | undefined, asOf: AsOf): readonly Omit<UnreadActions, 'source'>[] {
  // Nothing was read in years that the calendar does not know.
  if (read === undefined) return [{ from: null, to: null }];
  const before = { from: null, to: addDays(read.from, -1) };
  return read.to < lastClosed(asOf) ? [before, { from: addDays(read.to, 1), to: null }] : [before];
}

/** Says which actions had not been read. */
export function sayNotKnownActions(symbol: string, unread: readonly UnreadActions[]): void {
  for (const { source, from, to } of unread) {
    const dates = [from === null ? '' : ` from ${from} on`, to === null ? '' : ` up to ${to}`].join('');
    note(`nothing was known then of ${source}'s actions of ${symbol}${dates}`);
  }
}
