import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { ActionsRequest } from '../../runs/side-requests.ts';
import { actionsSynced } from '../../store/corporate-actions.ts';
import { firstStoredSession } from '../../store/daily-bars.ts';
import type { Database } from '../../store/database.ts';
import { askedTogether } from '../../store/runs.ts';
import type { ActionRanges } from './read-pages.ts';

/** What is announced for so many days is synchronised as well. */
export const daysAhead = 7;
/** Corrections come late: so many days are read again each time. */
const daysAgain = 30;
/** Some splits are told months late, and are missed in every price before them: that often all are read, a page or a few. */
const daysOfAllSplits = 7;

/**
 * From the first stored bar at first, later from a while before the last time, splits now and then from the first bar
 * again; up to what is announced. Null when that has been read on the same day already.
 */
export async function rangesDue(
  db: Database,
  { source, nominalTime }: ActionsRequest,
): Promise<ActionRanges | null> {
  // Of runs that come together the first to read reads for all of them.
  const { latest, firstSession } = await askedTogether(db, source);
  const today = exchangeDate(Math.max(Date.parse(nominalTime), Date.parse(latest ?? nominalTime)));
  const to = addDays(today, daysAhead);
  const stored = (await firstStoredSession(db)) ?? today;
  const first = firstSession !== null && firstSession < stored ? firstSession : stored;
  const synced = await actionsSynced(db, source);
  const all = { from: first, to };
  if (synced === null || first < synced.from) return { splits: all, dividends: all };
  if (exchangeDate(synced.completedAt.getTime()) >= today) return null;
  const again = { from: addDays(synced.to < today ? synced.to : today, -daysAgain), to };
  const readOn = synced.splitsReadAt && exchangeDate(synced.splitsReadAt.getTime());
  const isRecent = readOn !== null && addDays(readOn, daysOfAllSplits) > today;
  return { splits: isRecent || first > again.from ? again : all, dividends: again };
}
