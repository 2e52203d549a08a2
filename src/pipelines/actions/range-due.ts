import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import { actionsSynced } from '../../store/corporate-actions.ts';
import { firstStoredSession } from '../../store/daily-bars.ts';
import type { Database } from '../../store/database.ts';

/** What is announced for so many days is synchronised as well. */
const daysAhead = 7;
/** Corrections come late: so many days are read again each time. */
const daysAgain = 30;

/**
 * From the first stored bar at first, later from a while before the last time; up to what is announced. Null when that
 * has been read on the same day already.
 */
export async function rangeDue(
  db: Database,
  { source, nominalTime }: IngestionRequest,
): Promise<DateRange | null> {
  const today = exchangeDate(Date.parse(nominalTime));
  const to = addDays(today, daysAhead);
  const first = (await firstStoredSession(db)) ?? today;
  const synced = await actionsSynced(db, source);
  if (synced === null || first < synced.from) return { from: first, to };
  if (exchangeDate(Date.parse(synced.completedAt)) >= today) return null;
  return { from: addDays(synced.to < today ? synced.to : today, -daysAgain), to };
}
