import { filterBars, type BarColumns } from '../../domain/bar-columns.ts';
import { cashAsBars } from '../../domain/cash-basis.ts';
import { dateOfDayNumber } from '../../domain/date-range.ts';
import { joinBars } from '../../domain/join-bars.ts';
import type { LevelledSession } from '../../domain/price-levels.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import { pricedSessionsOf } from '../../domain/split-basis.ts';
import type { PricedSession } from '../../domain/traded-steps.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { answerFailure, failsForGood } from '../containment/lasting-cause.ts';
import { learnActions, learnPayments } from '../actions/learn-actions.ts';
import { answeredElsewhere, askOnce } from './ask-once.ts';
import { askSeries } from './ask-series.ts';
import { hearOut } from './hear-out.ts';
import { hearRescale } from './hear-rescale.ts';
import { failedFor, requestFailed, seriesLoaded, type Loaded } from './load-outcomes.ts';
import type { OpenBatch } from './open-batch.ts';
import { isWithin, rangeToAsk, within } from './range-to-ask.ts';
import { rebaseSeries, type Rebased } from './rebase-series.ts';
import { withoutSettled } from './settled-records.ts';

/** Asks for one symbol's bars and hands over what came; what was not asked stays pending. */
export async function loadSeries(
  { provider, ...batch }: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
): Promise<void> {
  const range = await rangeToAsk(batch.store.db, provider.name, request);
  const asked = await askOnce(batch, request, () => askSeries({ ...batch, provider }, request, range));
  if (asked === null) return;
  if (asked === 'answered') {
    await batch.writer.add(answeredElsewhere(request));
    return;
  }
  const { answer, requests } = asked;
  if (answer instanceof ProviderError) {
    await batch.writer.add(requestFailed(request, answer, requests));
    return;
  }
  await batch.writer.add(
    await understood({ ...batch, provider }, request, { answer, requests, isAll: range === request.range }),
  );
}

interface Answered {
  readonly answer: SeriesAnswer;
  readonly requests: number;
  /** No more was asked for than the request wants. */
  readonly isAll: boolean;
}

/** What an answer means; one of which that cannot be worked out fails its load alone. */
async function understood(
  batch: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
  answered: Answered,
): Promise<Loaded> {
  try {
    return await meaningOf(batch, request, answered);
  } catch (error) {
    if (!failsForGood(error)) throw error;
    return failedFor(request, answerFailure(error), answered);
  }
}

async function meaningOf(
  batch: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
  { answer, isAll }: Answered,
): Promise<Loaded> {
  const heard = await hearOut(batch, request, isAll ? answer : within(answer, request.range));
  const series = { ...request, source: batch.provider.name };
  const weighed = await withoutSettled(batch.store.db, series, heard);
  const whole = isAll
    ? weighed.answer
    : { ...weighed.answer, bars: withBeyond(weighed.answer.bars, answer, request) };
  const rebased = await rebasedBy(batch, request, whole);
  const loaded = seriesLoaded(batch.provider.name, request, weighed, rebased);
  return hearRescale(batch, request, { loaded, rebased, answer: whole });
}

/** The bars of a request, and those beside its range that came with them: they tell what all mean. */
function withBeyond(own: BarColumns, { bars }: SeriesAnswer, { range }: SeriesRequest): BarColumns {
  return joinBars(
    own,
    filterBars(bars, (row) => !isWithin(range, bars.day[row])),
  );
}

/** The splits that came along with the bars are learnt first: they say what bars mean, and those in what shares cash is told. */
async function rebasedBy(
  { store, runId, provider: { name: source } }: OpenBatch & { readonly provider: SeriesProvider },
  asked: SeriesRequest,
  answer: SeriesAnswer,
): Promise<Rebased | null> {
  const { splitBasis, actions = [], observedAt, bars } = answer;
  if (splitBasis === undefined) return null;
  const { instrumentId } = asked;
  const incoming = actions.map((action) => ({ ...action, instrumentId, observedAt }));
  let priced: readonly PricedSession[] | null = null;
  const sessions = () => (priced ??= pricedSessionsOf(bars).map(dated));
  const answered = { instrumentId, source, observedAt, sessions };
  const splits = incoming.filter(({ ratio }) => ratio !== null);
  await learnActions(store, { source, runId }, splits, answered);
  const rebased = await rebaseSeries(store.db, { source, asked }, { ...answer, splitBasis });
  const paid = incoming.filter(({ ratio }) => ratio === null);
  await learnPayments(store, { source, runId }, cashAsBars(paid, bars.day, rebased.basisOf), answered);
  return rebased;
}

function dated({ day, open, close }: LevelledSession): PricedSession {
  return { session: dateOfDayNumber(day), open, close };
}
