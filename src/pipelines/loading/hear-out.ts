import { sessionDaysBetween } from '../../calendar/exchange-calendar.ts';
import { filterBars } from '../../domain/bar-columns.ts';
import { dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import { hasLongPause } from '../../domain/foreign-bars.ts';
import { joinBars } from '../../domain/join-bars.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { askSeries } from './ask-series.ts';
import type { OpenBatch } from './open-batch.ts';
import { lookUpListing } from './look-up-listing.ts';
import { weighAnswer, type WeighedAnswer } from './weigh-answer.ts';

type SeriesBatch = OpenBatch & { readonly provider: SeriesProvider };

/** Smaller questions about one answer; each but the last has brought something. */
const mostQuestions = 4;

/**
 * Weighs an answer, and asks at once in another form about what is doubted of it: for the listing date where that would
 * explain the silence, and for the silence alone, as long as that brings bars. What stays silent is due another day.
 */
export async function hearOut(
  batch: SeriesBatch,
  request: SeriesRequest,
  answer: SeriesAnswer,
): Promise<WeighedAnswer> {
  const source = batch.provider.name;
  let asked = request;
  let weighed = await weighAnswer(batch.store.db, { source, asked }, answer);
  if (asked.listedOn === null && listingWouldTell(weighed)) {
    asked = { ...asked, listedOn: await lookUpListing(batch, asked) };
    if (asked.listedOn !== null) weighed = await weighAnswer(batch.store.db, { source, asked }, answer);
  }
  let joined = answer;
  for (let question = 0; question < mostQuestions; question += 1) {
    const range = smallerRange(asked.range, weighed.absences.askAgain);
    const more = range === null ? null : await askFor(batch, asked, range);
    if (more === null || more.splitBasis !== joined.splitBasis) break;
    const before = joined.bars.length;
    joined = join(joined, more);
    weighed = await weighAnswer(batch.store.db, { source, asked }, joined);
    if (joined.bars.length === before) break;
  }
  return weighed;
}

/** True where the instrument may not have been listed yet, or another company may have borne its ticker. */
function listingWouldTell({ absences, answer }: WeighedAnswer): boolean {
  return absences.needsListing || hasLongPause(answer.bars);
}

/** The range of the doubted sessions; null where there are none, or where it is all that was asked for. */
function smallerRange(asked: DateRange, askAgain: readonly number[]): DateRange | null {
  const [from, to] = [askAgain.at(0), askAgain.at(-1)];
  if (from === undefined || to === undefined) return null;
  const sessions = sessionDaysBetween(asked);
  if (from === sessions.at(0) && to === sessions.at(-1)) return null;
  return { from: dateOfDayNumber(from), to: dateOfDayNumber(to) };
}

async function askFor(
  batch: SeriesBatch,
  request: SeriesRequest,
  range: DateRange,
): Promise<SeriesAnswer | null> {
  const asked = await askSeries(batch, request, range);
  return asked === null || asked.answer instanceof ProviderError ? null : asked.answer;
}

/** Two answers as one: what the first had stays, and the second says whether it ends before its time. */
function join(first: SeriesAnswer, more: SeriesAnswer): SeriesAnswer {
  const told = new Set(first.actions?.map(({ kind, exDate }) => `${kind} ${exDate}`));
  const fresh = (more.actions ?? []).filter(({ kind, exDate }) => !told.has(`${kind} ${exDate}`));
  const { actions, conflicts } = first;
  const doubled = new Set(conflicts.map(({ session }) => session));
  const disputed = new Set(doubled.values().map(dayNumber));
  const bars = filterBars(more.bars, (row) => !disputed.has(more.bars.day[row] ?? NaN));
  return {
    ...first,
    bars: joinBars(first.bars, bars),
    requests: first.requests + more.requests,
    observedAt: more.observedAt,
    conflicts: [...conflicts, ...more.conflicts.filter(({ session }) => !doubled.has(session))],
    rejected: [...first.rejected, ...more.rejected],
    outside: first.outside + more.outside,
    isCut: more.isCut ?? false,
    ...(actions === undefined ? {} : { actions: [...actions, ...fresh] }),
  };
}
