import { filterBars } from '../../domain/bar-columns.ts';
import { addDays, dayNumber, type DateRange } from '../../domain/date-range.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import type { SeriesAnswer } from '../../providers/provider.ts';
import { splitRecords } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';

/** Sessions on both sides of an ex-date show whether its split is in the prices: a few more than were asked for. */
const daysBeyondSplit = 10;
/** So few days show nothing beside what is stored: some more before them do. */
const fewDays = 14;
const daysBefore = 21;

/** Where prices have splits in them, enough is asked for to show which: across a known one, and over what is stored. */
export async function rangeToAsk(
  db: Database,
  source: SourceName,
  { instrumentId, range }: SeriesRequest,
): Promise<DateRange> {
  if (sources[source].prices !== 'split_adjusted') return range;
  const records = await splitRecords(db, instrumentId);
  const next = records.findLast(({ exDate, status }) => exDate > range.to && status !== 'announced');
  const isShort = dayNumber(range.to) - dayNumber(range.from) < fewDays;
  if (next === undefined && !isShort) return range;
  return {
    from: isShort ? addDays(range.from, -daysBefore) : range.from,
    to: next === undefined ? range.to : addDays(next.exDate, daysBeyondSplit),
  };
}

/** Whether a day, since 1970-01-01, lies in a range. */
export function isWithin({ from, to }: DateRange, day = NaN): boolean {
  return day >= dayNumber(from) && day <= dayNumber(to);
}

/** What of an answer lies in a range. */
export function within(answer: SeriesAnswer, range: DateRange): SeriesAnswer {
  return {
    ...answer,
    bars: filterBars(answer.bars, (row) => isWithin(range, answer.bars.day[row])),
    conflicts: answer.conflicts.filter(({ session }) => isWithin(range, dayNumber(session))),
    rejected: answer.rejected.filter(
      ({ session }) => session === null || isWithin(range, dayNumber(session)),
    ),
  };
}
