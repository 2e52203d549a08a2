import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { isIntraday, slotsOf, type Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { DayRange } from '../../domain/session-days.ts';
import { sources } from '../../domain/source.ts';
import { tickerDays, undated } from '../../domain/ticker-days.ts';
import { planRequests, type RequestPlan, type SeriesPlan } from '../../planning/plan-requests.ts';
import { absentRanges } from '../../store/absent-ranges.ts';
import { settledDays } from '../../store/daily-bars.ts';
import type { Database } from '../../store/database.ts';
import { settledIntradayDays, type ExpectedBars } from '../../store/intraday-bars.ts';
import { knownTickers, tickersTaken } from '../../store/known-tickers.ts';
import type { PlannableLoad } from '../../store/load-runs.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { RunSessions } from '../../runs/run.ts';
import { cellsOf } from './borne-cells.ts';

interface PlanWish {
  readonly request: IngestionRequest;
  readonly sessions: RunSessions;
  readonly loads: readonly PlannableLoad[];
}

/** A request for one load, or for what of it lies under one ticker. */
interface TickerPlan extends SeriesPlan {
  /** What to ask for; null: the ticker of today. */
  readonly ticker: string | null;
}

export interface DraftPlan {
  readonly plan: Omit<RequestPlan, 'seriesRequests'> & { readonly seriesRequests: readonly TickerPlan[] };
  /** Loads that miss nothing: of days on which their instruments bore no ticker there is nothing to miss. */
  readonly complete: readonly number[];
  readonly cells: number;
}

/** The fewest requests that bring what the loads of a request miss, each under the ticker of its days. */
export async function planFor(
  db: Database,
  { request, sessions: { sessions, again: askedAgain }, loads }: PlanWish,
): Promise<DraftPlan> {
  const { wholeMarket, tickers } = sources[request.source];
  const again = new Set(askedAgain);
  const expected = expectedBars(sessions, request.interval);
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const known =
    again.size < sessions.length
      ? await knownSessions(db, { request, instrumentIds, expected })
      : nothingKnown;
  const isDated = tickers === 'of_the_day';
  const range = { from: sessions.at(0) ?? '', to: sessions.at(-1) ?? '' };
  const isAsked = isDated && range.from !== '';
  const tickersOf = tickerDays(
    isAsked ? await knownTickers(db, request.source, instrumentIds, range) : undated,
  );
  const taken = isDated ? null : await tickersTaken(db, instrumentIds);
  const days = sessions.map((session) => (again.has(session) ? NaN : dayNumber(session)));
  const cells = cellsOf(sessions);
  const borne = new Map(
    loads.map((load) => [load.id, taken?.has(load.instrumentId) === true ? [] : tickersOf(load)]),
  );
  const series = loads.map(({ id, instrumentId, exchange }) => {
    const stored = new Set(known.settled.get(instrumentId));
    const absent = known.absent.get(instrumentId) ?? [];
    const isKnown = (index: number) => {
      const day = days[index] ?? NaN;
      return stored.has(day) || absent.some(([first, last]) => day >= first && day <= last);
    };
    const missing = cells(borne.get(id) ?? [], stored.size + absent.length === 0 ? null : isKnown);
    // Over-the-counter stocks are in no whole-market answer.
    return { id, ...missing, wholeMarket: wholeMarket && exchange !== null };
  });
  const plan = planRequests({
    sessions,
    bars: expected.map(({ bars }) => bars),
    wholeMarket: sessions.map(() => wholeMarket),
    series,
  });
  const seriesRequests = plan.seriesRequests.map((one): TickerPlan => {
    const ticker = borne.get(one.id)?.find(({ to }) => to === null || to >= one.from)?.ticker ?? null;
    return { ...one, ticker };
  });
  return {
    plan: { ...plan, seriesRequests },
    complete: series.flatMap(({ id, missing }) => (missing.length === 0 ? id : [])),
    cells: series.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}

/** How many bars of an interval each of the sessions has; they are sessions of the calendar, oldest first. */
function expectedBars(sessions: readonly SessionDate[], interval: Interval): readonly ExpectedBars[] {
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined) return [];
  const wanted = new Set(sessions);
  return sessionsBetween({ from, to })
    .filter(({ session }) => wanted.has(session))
    .map((session) => ({ session: session.session, bars: slotsOf(session, interval).length }));
}

/** What instruments need no request for, by instrument, days since 1970-01-01. */
interface KnownCells {
  readonly settled: ReadonlyMap<number, readonly number[]>;
  readonly absent: ReadonlyMap<number, readonly DayRange[]>;
}

const nothingKnown: KnownCells = { settled: new Map(), absent: new Map() };

async function knownSessions(
  db: Database,
  {
    request,
    instrumentIds,
    expected,
  }: {
    readonly request: IngestionRequest;
    readonly instrumentIds: readonly number[];
    readonly expected: readonly ExpectedBars[];
  },
): Promise<KnownCells> {
  const { source, interval } = request;
  const [from, to] = [expected.at(0)?.session, expected.at(-1)?.session];
  if (from === undefined || to === undefined) return nothingKnown;
  const query = { instrumentIds, source, interval, range: { from, to } };
  const settled = isIntraday(interval)
    ? await settledIntradayDays(db, { instrumentIds, source, interval, expected })
    : await settledDays(db, query);
  return { settled, absent: await absentRanges(db, query) };
}
