import { filterBars } from '../../domain/bar-columns.ts';
import { addDays, dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { LevelledSession } from '../../domain/price-levels.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { sessionsOf } from '../../domain/split-basis.ts';
import type { PricedSession } from '../../domain/traded-steps.ts';
import { splitRecords } from '../../store/corporate-actions.ts';
import type { Database, Store } from '../../store/database.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { learnActions } from '../actions/learn-actions.ts';
import type { Asking } from './asking.ts';
import type { BatchWriter } from './batch-writer.ts';
import { requestFailed, seriesLoaded } from './load-outcomes.ts';
import { rebaseSeries, type Rebased } from './rebase-series.ts';

/** One batch under way: how it asks, and where what comes goes. */
export interface OpenBatch {
  readonly store: Store;
  readonly runId: string;
  readonly asking: Asking;
  readonly writer: BatchWriter;
}

/** Asks for one symbol's bars and hands over what came; what was not asked stays pending. */
export async function loadSeries(
  { provider, ...batch }: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
): Promise<void> {
  const { symbol, interval, currency } = request;
  const range = await rangeToAsk(batch.store.db, provider.name, request);
  const wish = { interval, range, ...(currency === null ? {} : { currency }) };
  const asked = await batch.asking.ask((options) => provider.series(symbol, wish, options));
  if (asked === null) return;
  const { answer, requests } = asked;
  if (answer instanceof ProviderError) {
    await batch.writer.add(requestFailed(request, answer, requests));
    return;
  }
  const rebased = await understand({ ...batch, provider }, request, answer);
  const wished = range === request.range ? answer : within(answer, request.range);
  await batch.writer.add(seriesLoaded(provider.name, request, wished, rebased));
}

/** Sessions on both sides of an ex-date show whether its split is in the prices: a few more than were asked for. */
const daysBeyondSplit = 10;
/** So few days show nothing beside what is stored: some more before them do. */
const fewDays = 14;
const daysBefore = 21;

/** Where prices have splits in them, enough is asked for to show which: across a known one, and over what is stored. */
async function rangeToAsk(
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

function within(answer: SeriesAnswer, range: DateRange): SeriesAnswer {
  const [first, last] = [dayNumber(range.from), dayNumber(range.to)];
  const isWithin = (day: number) => day >= first && day <= last;
  return {
    ...answer,
    bars: filterBars(answer.bars, (row) => isWithin(answer.bars.day[row] ?? NaN)),
    conflicts: answer.conflicts.filter(({ session }) => isWithin(dayNumber(session))),
  };
}

/** What came along with the bars is learnt first: it says what they mean. */
async function understand(
  { store, runId, provider: { name: source } }: OpenBatch & { readonly provider: SeriesProvider },
  asked: SeriesRequest,
  answer: SeriesAnswer,
): Promise<Rebased | null> {
  const { splitBasis, actions = [], observedAt, bars } = answer;
  if (splitBasis === undefined) return null;
  const { instrumentId } = asked;
  const incoming = actions.map((action) => ({ ...action, instrumentId, observedAt }));
  const answered = { instrumentId, source, observedAt, sessions: sessionsOf(bars).map(dated) };
  await learnActions(store, { source, runId }, incoming, answered);
  return rebaseSeries(store.db, { source, asked }, { ...answer, splitBasis });
}

function dated({ day, open, close }: LevelledSession): PricedSession {
  return { session: dateOfDayNumber(day), open, close };
}
