import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { isIntraday, slotsOf, type Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { DayRange } from '../../domain/session-days.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { cutAtBorders, type CutPlan } from '../../planning/cut-at-borders.ts';
import { planRequests, type RequestPlan } from '../../planning/plan-requests.ts';
import { absentRanges } from '../../store/absent-ranges.ts';
import { settledDays } from '../../store/daily-bars.ts';
import type { Database } from '../../store/database.ts';
import { settledIntradayDays, type ExpectedBars } from '../../store/intraday-bars.ts';
import type { PlannableLoad } from '../../store/load-runs.ts';
import { readTerms } from '../../store/symbol-history.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { RunSessions } from '../../runs/run.ts';

interface PlanWish {
  readonly request: IngestionRequest;
  readonly sessions: RunSessions;
  readonly loads: readonly PlannableLoad[];
}

interface DraftPlan {
  readonly plan: CutPlan;
  /** Loads that miss nothing, or only days on which their instruments bore no ticker. */
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
  const expected = expectedBars(sessions, request.interval);
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const known =
    again.size < sessions.length
      ? await knownSessions(db, { request, instrumentIds, expected })
      : nothingKnown;
  const days = sessions.map((session) => (again.has(session) ? NaN : dayNumber(session)));
  const all = sessions.map((_, index) => index);
  const series = loads.map(({ id, instrumentId, exchange }) => {
    const stored = new Set(known.settled.get(instrumentId));
    const absent = known.absent.get(instrumentId) ?? [];
    const isKnown = (day: number) =>
      stored.has(day) || absent.some(([first, last]) => day >= first && day <= last);
    const nothing = stored.size + absent.length === 0;
    const missing = nothing ? all : all.filter((index) => !isKnown(days[index] ?? NaN));
    // Over-the-counter stocks are in no whole-market answer.
    return { id, missing, wholeMarket: wholeMarket && exchange !== null };
  });
  const plan = planRequests({
    sessions,
    bars: expected.map(({ bars }) => bars),
    wholeMarket: sessions.map(() => wholeMarket),
    series,
  });
  const cut = await underTickersOfTheirDays(db, request.source, plan, loads);
  const asked = new Set(cut.seriesRequests.map(({ id }) => id));
  const isNobodys = new Set(plan.seriesRequests.flatMap(({ id }) => (asked.has(id) ? [] : id)));
  return {
    plan: cut,
    complete: series.flatMap(({ id, missing }) => (missing.length === 0 || isNobodys.has(id) ? id : [])),
    cells: series.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}

/** Of a source that goes by the tickers of the day. */
async function underTickersOfTheirDays(
  db: Database,
  source: SourceName,
  plan: RequestPlan,
  loads: readonly PlannableLoad[],
): Promise<CutPlan> {
  const instruments = new Map(loads.map(({ id, instrumentId }) => [id, instrumentId]));
  const asked = plan.seriesRequests.map(({ id }) => instruments.get(id) ?? 0);
  const isDated = sources[source].tickers === 'of_the_day' && asked.length > 0;
  const terms = isDated ? await readTerms(db, source, asked) : [];
  const byInstrument = Map.groupBy(terms, ({ instrumentId }) => instrumentId);
  for (const own of byInstrument.values()) own.sort((a, b) => (a.from < b.from ? -1 : 1));
  return cutAtBorders(plan, (id) => byInstrument.get(instruments.get(id) ?? 0) ?? []);
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
