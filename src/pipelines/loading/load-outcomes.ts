import { sessionDaysBetween, sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { judgeAbsences, type Absences } from '../../domain/absence.ts';
import { barsAt, filterBars, type BarColumns } from '../../domain/bar-columns.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { isIntraday, type Interval } from '../../domain/interval.ts';
import { finalThrough } from '../../domain/finality.ts';
import { judgeIntraday } from '../../domain/intraday-absence.ts';
import type { ProviderError } from '../../domain/provider-errors.ts';
import { DoubtedResponse, NotYetAvailable } from '../../domain/provider-errors.ts';
import type { Conflict, MarketDayAnswer, SeriesAnswer } from '../../providers/provider.ts';
import type { IncomingAbsence } from '../../store/absences.ts';
import type { IncomingBars } from '../../store/bars/incoming-bars.ts';
import type { MarketDayRequest, RequestOutcome, SeriesRequest } from '../../store/load-requests.ts';
import type { LoadOutcome } from '../../store/load-runs.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { MarketDay } from '../../store/market-days.ts';
import type { RejectedRow } from '../../store/rejected-rows.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { rejectedEvents } from '../evidence/rejected-events.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { unknownBasis } from '../../domain/split-basis.ts';
import { daysOf, isAnyTime, opensWith, rejectedError } from './rejected-rows.ts';
import type { Rebased } from './rebase-series.ts';
import type { SourceName } from '../../domain/source.ts';

/** How one load stands after a request: the records it got, and its status; what the write changed is added later. */
export type LoadVerdict = Pick<LoadOutcome, 'loadId' | 'records' | 'status' | 'error'> & {
  readonly instrumentId: number;
};

/** What is to be written for one request, all in one transaction. */
export interface Loaded {
  readonly request: RequestOutcome;
  readonly interval: Interval;
  readonly bars: IncomingBars | null;
  readonly absences: readonly IncomingAbsence[];
  readonly verdicts: readonly LoadVerdict[];
  readonly events: readonly RunEvent[];
  /** What cannot be of the answer, as evidence. */
  readonly rejected: readonly RejectedRow[];
  /** Of a whole-market answer: what it was like. */
  readonly marketDay?: MarketDay;
}

const doubts = {
  NotYetAvailable: 'the provider has no bar yet for the youngest sessions',
  HistoryTruncated: 'the answer begins long after the listing: the provider cut the history',
  EmptyAnswer: 'an empty answer for an instrument that was listed all along is not believed',
} as const;

const conflictError: LoadError = {
  kind: 'ConflictingRows',
  message: 'rows for the same session disagree; they are left out, both are in the events of the run',
};

function conflictEvent({ symbol, session, rows }: Conflict): RunEvent {
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
  answer: SeriesAnswer,
  rebased: Rebased | null = null,
): Loaded {
  const { loadId, instrumentId, interval } = asked;
  const { observedAt, conflicts } = answer;
  const rejected = [...answer.rejected, ...(answer.rejectedActions ?? [])];
  const sessions = sessionDaysBetween(asked.range);
  const known = new Set(sessions);
  const onCalendar = filterBars(answer.bars, (row) => known.has(answer.bars.day[row] ?? NaN));
  const { bars, splitBasis } = inBasis(onCalendar, rebased);
  const { seen, doubt } = absencesOf(source, asked, answer, { sessions, bars: onCalendar });
  const doubted = doubt === null ? null : { kind: doubt, message: doubts[doubt] };
  const records = splitBasis === null ? bars.length : splitBasis.filter((day) => day !== unknown).length;
  const left = conflicts.length > 0 ? conflictError : rejected.length > 0 ? rejectedError : null;
  const error = rebased?.error ?? left ?? doubted;
  const nothing = records === 0 && (doubt === 'EmptyAnswer' || rebased?.error != null);
  const status = error === null ? 'success' : nothing ? 'failed' : 'partial';
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval,
    bars: {
      bars,
      instrumentIds: new Int32Array(bars.length).fill(instrumentId),
      splitBasis,
      settledThrough: finalThrough(source, Date.parse(observedAt)),
      endpoint: 'series',
      observedAt,
    },
    absences: seen.map((absence) => ({ ...absence, instrumentId, observedAt })),
    verdicts: [{ loadId, instrumentId, records, status, error }],
    rejected: rejected.map((row) => ({ ...row, interval, instrumentId, observedAt })),
    events: [
      ...conflicts.map(conflictEvent),
      ...rejectedEvents(rejected),
      ...(rebased?.events ?? []),
      ...leftOutEvents(asked.symbol, {
        'outside of what was asked': answer.outside,
        'on days without a session': answer.bars.length - onCalendar.length,
        ...answer.leftOut,
      }),
    ],
  };
}

const unknown = dayNumber(unknownBasis);

/** The bars and the split basis of each; those of which it cannot be told are kept as such. */
function inBasis(bars: BarColumns, rebased: Rebased | null): Pick<IncomingBars, 'bars' | 'splitBasis'> {
  if (rebased === null) return { bars, splitBasis: null };
  return { bars, splitBasis: bars.day.map((day) => rebased.basisOf(day) ?? unknown) };
}

function absencesOf(
  source: SourceName,
  { interval, range, listedOn, delistedOn }: SeriesRequest,
  { conflicts, rejected, observedAt }: SeriesAnswer,
  { sessions, bars }: { readonly sessions: Int32Array; readonly bars: BarColumns },
): Absences {
  if (isAnyTime(rejected)) return { seen: [], doubt: null };
  const evidence = { source, observedMs: Date.parse(observedAt), listedOn, delistedOn };
  if (isIntraday(interval)) {
    const answered = opensWith(bars.opensAtMs ?? new Float64Array(), rejected);
    return judgeIntraday({ ...evidence, interval, sessions: sessionsBetween(range), answered });
  }
  const answered = new Set([...bars.day, ...daysOf(rejected)]);
  for (const { session } of conflicts) answered.add(dayNumber(session));
  return judgeAbsences({ ...evidence, sessions, answered });
}

function leftOutEvents(symbol: string, counts: Readonly<Record<string, number>>): readonly RunEvent[] {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  if (some.length === 0) return [];
  const sum = some.reduce((total, [, count]) => total + count, 0);
  const message = `${sum} rows left out: ${some.map(([why, count]) => `${count} ${why}`).join(', ')}`;
  return [{ level: 'warn', symbol, message }];
}

/** A load that whole-market answers serve. */
export interface MarketDayLoad {
  readonly loadId: number;
  readonly instrumentId: number;
  readonly symbol: string;
}

/** What a whole-market answer means for the loads that it serves, by symbol: only their rows are kept. */
export function marketDayLoaded(
  source: SourceName,
  asked: MarketDayRequest,
  answer: MarketDayAnswer,
  {
    loads,
    witnesses,
    isAll,
  }: {
    readonly loads: ReadonlyMap<string, MarketDayLoad>;
    /** Symbols that this market lists and that trade every day. */
    readonly witnesses: readonly string[];
    /** It is the only session of the run: with its bar a load has all that it is for. */
    readonly isAll: boolean;
  },
): Loaded {
  const { session, symbols, observedAt } = answer;
  const rows: number[] = [];
  const instrumentIds: number[] = [];
  const verdicts: LoadVerdict[] = [];
  symbols.forEach((symbol, row) => {
    const load = loads.get(symbol);
    if (load === undefined) return;
    const { loadId, instrumentId } = load;
    rows.push(row);
    instrumentIds.push(instrumentId);
    verdicts.push({ loadId, instrumentId, records: 1, status: isAll ? 'success' : 'running', error: null });
  });
  const conflicts = answer.conflicts.filter(({ symbol }) => loads.has(symbol));
  for (const { symbol } of conflicts) {
    const load = loads.get(symbol);
    if (load !== undefined) verdicts.push({ ...load, records: 0, status: 'running', error: conflictError });
  }
  const rejected = answer.rejected.map((row): RejectedRow => {
    const load = loads.get(row.symbol ?? '');
    if (load !== undefined) verdicts.push({ ...load, records: 0, status: 'running', error: rejectedError });
    const whose = load === undefined ? {} : { instrumentId: load.instrumentId };
    return { ...row, ...whose, interval: '1d', observedAt };
  });
  const named = new Set([...symbols, ...[...answer.conflicts, ...rejected].map(({ symbol }) => symbol)]);
  // A row that does not say whose it is may be that of any symbol that lacks.
  const witnessed = !named.has(null) && witnesses.every((symbol) => named.has(symbol));
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval: '1d',
    bars: {
      bars: barsAt(answer.bars, Int32Array.from(rows)),
      instrumentIds: Int32Array.from(instrumentIds),
      splitBasis: null,
      settledThrough: finalThrough(source, Date.parse(observedAt)),
      endpoint: 'market_day',
      observedAt,
    },
    absences: [],
    verdicts,
    rejected,
    events: [...conflicts.map(conflictEvent), ...rejectedEvents(rejected)],
    marketDay: { session, rowCount: symbols.length + rejected.length, witnessed, observedAt },
  };
}

/** What a failed request means: its load fails for that cause, one of the whole market leaves its loads open. */
export function requestFailed(
  asked: SeriesRequest | MarketDayRequest,
  error: ProviderError,
  requests: number,
): Loaded {
  const cause = loadErrorOf(error);
  const request = { id: asked.id, requests, error: cause };
  const rejected = error instanceof DoubtedResponse ? error.rejected : [];
  if ('session' in asked) {
    const message = `the market day ${asked.session} failed: ${cause.message}`;
    return {
      request,
      interval: '1d',
      bars: null,
      absences: [],
      verdicts: [],
      rejected: rejected.map((row) => ({ ...row, interval: '1d' })),
      events: [{ level: 'error', message, data: cause }],
    };
  }
  const { loadId, instrumentId, symbol, interval } = asked;
  const status = error instanceof NotYetAvailable ? 'partial' : 'failed';
  return {
    request,
    interval,
    bars: null,
    absences: [],
    verdicts: [{ loadId, instrumentId, records: 0, status, error: cause }],
    rejected: rejected.map((row) => ({ ...row, interval, instrumentId })),
    events: [{ level: 'error', symbol, message: cause.message, data: cause }],
  };
}
