import type { Doubt } from '../../domain/absence.ts';
import type { BarColumns } from '../../domain/bar-columns.ts';
import type { Interval } from '../../domain/interval.ts';
import { finalThrough } from '../../domain/finality.ts';
import type { RejectedRecord } from '../../domain/rejected-record.ts';
import type { ProviderError } from '../../domain/provider-errors.ts';
import { DoubtedResponse, NotYetAvailable } from '../../domain/provider-errors.ts';
import type { Conflict } from '../../providers/provider.ts';
import type { IncomingAbsence } from '../../store/absences.ts';
import type { IncomingSteps } from '../../store/adjusted-closes.ts';
import type { IncomingBars } from '../../store/bars/incoming-bars.ts';
import type { Finding } from '../../store/findings.ts';
import type { MarketDayRequest, RequestOutcome, SeriesRequest } from '../../store/load-requests.ts';
import type { LoadOutcome } from '../../store/record-outcomes.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { LackingBar } from '../../store/bar-lapses.ts';
import type { MarketDay } from '../../store/market-days.ts';
import type { RejectedRow } from '../../store/rejected-rows.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { rejectedEvents } from '../evidence/rejected-events.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import { scaleBars } from '../../domain/scale-bars.ts';
import { unknownBasis } from '../../domain/split-basis.ts';
import { foreignEvents, foreignFindings, type ForeignBars } from './foreign-evidence.ts';
import { quarantinedError } from './rejected-rows.ts';
import { ownSteps } from './own-steps.ts';
import type { Rebased } from './rebase-series.ts';
import type { WeighedAnswer } from './weigh-answer.ts';
import type { SourceName } from '../../domain/source.ts';

/** How one load stands after a request: the records it got, and its status; what the write changed is added later. */
export type LoadVerdict = Pick<LoadOutcome, 'loadId' | 'records' | 'status' | 'error'> & {
  readonly instrumentId: number;
  readonly symbol: string;
};

/** What is to be written for one request, all in one transaction. */
export interface Loaded {
  readonly request: RequestOutcome;
  readonly interval: Interval;
  /** The sessions that the answer, or the refusal of one, is about; absent: it says nothing of any. */
  readonly asked?: DateRange;
  readonly bars: IncomingBars | null;
  readonly absences: readonly IncomingAbsence[];
  readonly verdicts: readonly LoadVerdict[];
  readonly events: readonly RunEvent[];
  /** What cannot be of the answer, as evidence. */
  readonly rejected: readonly RejectedRow[];
  readonly findings?: readonly Finding[];
  /** What is told of adjusted closes. */
  readonly adjusted?: IncomingSteps | null;
  /** Its load may have other requests, under other tickers. */
  readonly isPart?: boolean;
  /** Whose whole series comes in other units than it is stored in. */
  readonly rescaled?: number;
  /** Of a whole-market answer: what it was like. */
  readonly marketDay?: MarketDay;
  /** Of a whole-market answer: its tickers that nobody bears. */
  readonly strangers?: readonly string[];
  /** Sessions that the answer has no bar of although it is to have them, whatever is stored. */
  readonly lacking?: readonly LackingBar[];
}

const doubts: Readonly<Record<Doubt, string>> = {
  NotYetAvailable: 'the provider has no bar yet for the youngest sessions',
  HistoryTruncated: 'the answer begins long after the listing: the provider cut the history',
  EmptyAnswer: 'an empty answer for an instrument that was listed all along is not believed',
  AnswerCut: 'the answer has as many rows as a limit and no next page: it ends before its time',
  SilenceDoubted: 'silence of what trades every day is not believed before another day says the same',
  ListingUnknown: 'nobody knows since when it is listed: silence before its first bar is asked about again',
};

/** Why a load is not whole whose rows disagree. */
export const conflictError: LoadError = {
  kind: 'ConflictingRows',
  message: 'rows for the same session disagree; they are left out, both are in the events of the run',
};

/** What a run says of rows that disagree. */
export function conflictEvent({ symbol, session, rows }: Conflict): RunEvent {
  return {
    level: 'warn',
    symbol,
    message: `rows for ${session} disagree and are left out`,
    data: { session, rows },
  };
}

/** What a complete per-symbol answer means for its load. */
export function seriesLoaded(
  source: SourceName,
  asked: SeriesRequest,
  { answer, absences: { seen, doubt }, lapsed, offCalendar, foreign }: WeighedAnswer,
  rebased: Rebased | null = null,
): Loaded {
  const { loadId, instrumentId, symbol, interval } = asked;
  const { observedAt, conflicts } = answer;
  const actions = (answer.rejectedActions ?? []).map((row) => ({ ...row, isAction: true as const }));
  const rejected = [...answer.rejected, ...actions];
  const { bars, splitBasis } = inBasis(answer.bars, rebased);
  const others: ForeignBars = { ...asked, source, bars: foreign };
  const doubted = doubt === null ? null : { kind: doubt, message: doubts[doubt] };
  const records = splitBasis === null ? bars.length : splitBasis.filter((day) => day !== unknown).length;
  const left = conflicts.length > 0 ? conflictError : rejected.length > 0 ? quarantinedError : null;
  const error = rebased?.error ?? left ?? doubted;
  const nothing = records === 0 && (doubt === 'EmptyAnswer' || rebased?.error != null);
  const status = error === null ? 'success' : nothing ? 'failed' : 'partial';
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval,
    asked: asked.range,
    bars: {
      bars,
      instrumentIds: new Int32Array(bars.length).fill(instrumentId),
      splitBasis,
      settledThrough: finalThrough(source, Date.parse(observedAt)),
      endpoint: 'series',
      observedAt,
    },
    adjusted: ownSteps(asked, answer),
    absences: seen.map((absence) => ({ ...absence, instrumentId, observedAt })),
    lacking: lapsed.map((day) => ({ instrumentId, session: dateOfDayNumber(day) })),
    verdicts: [{ loadId, instrumentId, symbol, records, status, error }],
    isPart: asked.isPart,
    rejected: rejected.map((row) => ({ ...row, interval, instrumentId, observedAt })),
    events: [
      ...conflicts.map(conflictEvent),
      ...rejectedEvents(rejected),
      ...(rebased?.events ?? []),
      ...leftOutEvents(symbol, {
        'outside of what was asked': answer.outside,
        'on days without a session': offCalendar,
        ...answer.leftOut,
      }),
      ...foreignEvents(others),
    ],
    findings: foreignFindings(others),
  };
}

const unknown = dayNumber(unknownBasis);

/** The bars and the split basis of each; those of which it cannot be told are kept as such, or as traded where that is known. */
function inBasis(bars: BarColumns, rebased: Rebased | null): Pick<IncomingBars, 'bars' | 'splitBasis'> {
  if (rebased === null) return { bars, splitBasis: null };
  const { basisOf, toTraded } = rebased;
  const splitBasis = bars.day.map((day) => basisOf(day) ?? (toTraded(day) === null ? unknown : day));
  return { bars: scaleBars(bars, toTraded), splitBasis };
}

function leftOutEvents(symbol: string, counts: Readonly<Record<string, number>>): readonly RunEvent[] {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  if (some.length === 0) return [];
  const sum = some.reduce((total, [, count]) => total + count, 0);
  const message = `${sum} rows left out: ${some.map(([why, count]) => `${count} ${why}`).join(', ')}`;
  return [{ level: 'warn', symbol, message }];
}

/** What a failed request means: its load fails for that cause, one of the whole market leaves its loads open. */
export function requestFailed(
  asked: SeriesRequest | MarketDayRequest,
  error: ProviderError,
  requests: number,
): Loaded {
  const rejected = error instanceof DoubtedResponse ? error.rejected : [];
  const status = error instanceof NotYetAvailable ? 'partial' : 'failed';
  return failedFor(asked, loadErrorOf(error), { requests, status, rejected });
}

/** What it means that nothing comes of a request for a cause. */
export function failedFor(
  asked: SeriesRequest | MarketDayRequest,
  cause: LoadError,
  {
    requests,
    status = 'failed',
    rejected = [],
  }: {
    readonly requests: number;
    readonly status?: 'failed' | 'partial';
    readonly rejected?: readonly RejectedRecord[];
  },
): Loaded {
  const request = { id: asked.id, requests, error: cause };
  if ('session' in asked) {
    const message = `the market day ${asked.session} failed: ${cause.message}`;
    return {
      request,
      interval: '1d',
      asked: { from: asked.session, to: asked.session },
      bars: null,
      absences: [],
      verdicts: [],
      rejected: rejected.map((row) => ({ ...row, interval: '1d' })),
      events: [{ level: 'error', message, data: cause }],
    };
  }
  const { loadId, instrumentId, symbol, interval } = asked;
  return {
    request,
    interval,
    asked: asked.range,
    bars: null,
    absences: [],
    verdicts: [{ loadId, instrumentId, symbol, records: 0, status, error: cause }],
    isPart: asked.isPart,
    rejected: rejected.map((row) => ({ ...row, interval, instrumentId })),
    events: [{ level: 'error', symbol, message: cause.message, data: cause }],
  };
}
