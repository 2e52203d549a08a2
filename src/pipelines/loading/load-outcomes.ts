import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { judgeAbsences, type Absences } from '../../domain/absence.ts';
import type { DailyBar } from '../../domain/bar.ts';
import type { Interval } from '../../domain/interval.ts';
import { isFinal } from '../../domain/finality.ts';
import { judgeHours } from '../../domain/hourly-absence.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import type { ProviderError } from '../../domain/provider-errors.ts';
import { NotYetAvailable } from '../../domain/provider-errors.ts';
import type { Conflict, MarketDayAnswer, SeriesAnswer } from '../../providers/provider.ts';
import type { IncomingAbsence } from '../../store/absences.ts';
import type { IncomingBar } from '../../store/write-bars.ts';
import type { MarketDayRequest, RequestOutcome, SeriesRequest } from '../../store/load-requests.ts';
import type { LoadOutcome } from '../../store/load-runs.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { MarketDay } from '../../store/market-days.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { loadErrorOf } from '../sources/attempt.ts';
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
  readonly bars: readonly IncomingBar[];
  readonly absences: readonly IncomingAbsence[];
  readonly verdicts: readonly LoadVerdict[];
  readonly events: readonly RunEvent[];
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

/** A bar with the splits that are in its prices. */
type BasedBar = DailyBar & Pick<IncomingBar, 'opensAt' | 'splitBasis'>;

/** What a complete per-symbol answer means for its load. */
export function seriesLoaded(
  source: SourceName,
  asked: SeriesRequest,
  answer: SeriesAnswer,
  rebased: Rebased | null = null,
): Loaded {
  const { loadId, instrumentId, interval } = asked;
  const { observedAt, conflicts } = answer;
  const sessions = sessionsBetween(asked.range);
  const known = new Set(sessions.map(({ session }) => session));
  const onCalendar = answer.bars.filter(({ session }) => known.has(session));
  const kept = onCalendar.flatMap((bar): readonly BasedBar[] => {
    if (rebased === null) return [{ ...bar, splitBasis: null }];
    const splitBasis = rebased.basisOf(bar.session);
    return splitBasis === null ? [] : [{ ...bar, splitBasis }];
  });
  const { seen, doubt } = absencesOf(source, asked, answer, { sessions, bars: onCalendar });
  const doubted = doubt === null ? null : { kind: doubt, message: doubts[doubt] };
  const error = rebased?.error ?? (conflicts.length > 0 ? conflictError : doubted);
  const nothing = kept.length === 0 && (doubt === 'EmptyAnswer' || rebased?.error != null);
  const status = error === null ? 'success' : nothing ? 'failed' : 'partial';
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval,
    bars: kept.map((bar) => incoming(bar, { instrumentId, source, endpoint: 'series', observedAt })),
    absences: seen.map((absence) => ({ ...absence, instrumentId, observedAt })),
    verdicts: [{ loadId, instrumentId, records: kept.length, status, error }],
    events: [
      ...conflicts.map(conflictEvent),
      ...(rebased?.events ?? []),
      ...leftOutEvents(asked.symbol, {
        'outside of what was asked': answer.outside,
        'on days without a session': answer.bars.length - onCalendar.length,
        ...answer.leftOut,
      }),
    ],
  };
}

function absencesOf(
  source: SourceName,
  { interval, listedOn, delistedOn }: SeriesRequest,
  { conflicts, observedAt }: SeriesAnswer,
  { sessions, bars }: { readonly sessions: readonly Session[]; readonly bars: SeriesAnswer['bars'] },
): Absences {
  const evidence = { source, observedMs: Date.parse(observedAt), listedOn, delistedOn };
  if (interval === '1d') {
    const answered = new Set([...bars, ...conflicts].map(({ session }) => session));
    return judgeAbsences({ ...evidence, sessions: sessions.map(({ session }) => session), answered });
  }
  const answered = new Set(bars.flatMap((bar) => ('opensAt' in bar ? Date.parse(bar.opensAt) : [])));
  return judgeHours({ ...evidence, sessions, answered });
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
  }: {
    readonly loads: ReadonlyMap<string, MarketDayLoad>;
    /** Symbols that this market lists and that trade every day. */
    readonly witnesses: readonly string[];
  },
): Loaded {
  const { session, observedAt } = answer;
  const bars: IncomingBar[] = [];
  const verdicts: LoadVerdict[] = [];
  for (const { symbol, bar } of answer.rows) {
    const load = loads.get(symbol);
    if (load === undefined) continue;
    const { loadId, instrumentId } = load;
    bars.push(incoming(bar, { instrumentId, source, endpoint: 'market_day', observedAt }));
    verdicts.push({ loadId, instrumentId, records: 1, status: 'running', error: null });
  }
  const conflicts = answer.conflicts.filter(({ symbol }) => loads.has(symbol));
  for (const { symbol } of conflicts) {
    const load = loads.get(symbol);
    if (load !== undefined) verdicts.push({ ...load, records: 0, status: 'running', error: conflictError });
  }
  const named = new Set([...answer.rows, ...answer.conflicts].map(({ symbol }) => symbol));
  const witnessed = witnesses.every((symbol) => named.has(symbol));
  return {
    request: { id: asked.id, requests: answer.requests, error: null },
    interval: '1d',
    bars,
    absences: [],
    verdicts,
    events: conflicts.map(conflictEvent),
    marketDay: { session, rowCount: answer.rows.length, witnessed, observedAt },
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
  if ('session' in asked) {
    const message = `the market day ${asked.session} failed: ${cause.message}`;
    return {
      request,
      interval: '1d',
      bars: [],
      absences: [],
      verdicts: [],
      events: [{ level: 'error', message, data: cause }],
    };
  }
  const { loadId, instrumentId, symbol, interval } = asked;
  const status = error instanceof NotYetAvailable ? 'partial' : 'failed';
  return {
    request,
    interval,
    bars: [],
    absences: [],
    verdicts: [{ loadId, instrumentId, records: 0, status, error: cause }],
    events: [{ level: 'error', symbol, message: cause.message, data: cause }],
  };
}

function incoming(
  bar: Omit<IncomingBar, 'instrumentId' | 'settled' | 'endpoint' | 'observedAt'> & {
    readonly session: SessionDate;
  },
  origin: {
    readonly instrumentId: number;
    readonly source: SourceName;
    readonly endpoint: IncomingBar['endpoint'];
    readonly observedAt: string;
  },
): IncomingBar {
  const { instrumentId, source, endpoint, observedAt } = origin;
  return { ...bar, instrumentId, endpoint, observedAt, settled: isFinal(source, bar.session, observedAt) };
}
