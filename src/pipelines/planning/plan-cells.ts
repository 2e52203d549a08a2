import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { isIntraday, slotsOf } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import { planRequests, type RequestPlan } from '../../planning/plan-requests.ts';
import { knownDays } from '../../store/daily-bars.ts';
import type { Database } from '../../store/database.ts';
import { knownIntradayDays } from '../../store/intraday-bars.ts';
import type { PlannableLoad } from '../../store/load-runs.ts';
import { sources } from '../../domain/source.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { RunSessions } from '../../runs/run.ts';

export interface PlanWish {
  readonly request: IngestionRequest;
  readonly sessions: RunSessions;
  readonly loads: readonly PlannableLoad[];
}

export interface DraftPlan {
  readonly plan: RequestPlan;
  /** Loads that miss nothing. */
  readonly complete: readonly number[];
  readonly cells: number;
}

/** The fewest requests that bring what the loads of a request miss. */
export async function planFor(
  db: Database,
  { request, sessions: { sessions, again: askedAgain }, loads }: PlanWish,
): Promise<DraftPlan> {
  const { wholeMarket } = sources[request.source];
  const again = new Set(askedAgain);
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const known =
    again.size < sessions.length
      ? await knownSessions(db, { request, instrumentIds, sessions })
      : new Map<number, readonly number[]>();
  const days = sessions.map((session) => (again.has(session) ? NaN : dayNumber(session)));
  const all = sessions.map((_, index) => index);
  const series = loads.map(({ id, instrumentId, exchange }) => {
    const stored = new Set(known.get(instrumentId));
    const missing = stored.size === 0 ? all : all.filter((index) => !stored.has(days[index] ?? NaN));
    // Over-the-counter stocks are in no whole-market answer.
    return { id, missing, perSeries: true, wholeMarket: wholeMarket && exchange !== null };
  });
  return {
    plan: planRequests({ sessions, wholeMarket: sessions.map(() => wholeMarket), series }),
    complete: series.flatMap(({ id, missing }) => (missing.length === 0 ? id : [])),
    cells: series.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}

async function knownSessions(
  db: Database,
  {
    request,
    instrumentIds,
    sessions,
  }: {
    readonly request: IngestionRequest;
    readonly instrumentIds: readonly number[];
    readonly sessions: readonly SessionDate[];
  },
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { source, interval } = request;
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined) return new Map();
  const range = { from, to };
  if (!isIntraday(interval)) return knownDays(db, { instrumentIds, source, range });
  const expected = sessionsBetween(range).map((session) => ({
    session: session.session,
    bars: slotsOf(session, interval).length,
  }));
  return knownIntradayDays(db, { instrumentIds, source, interval, expected });
}
