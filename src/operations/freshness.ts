import { lastClosedSession } from '../calendar/exchange-calendar.ts';
import { addDays, dayNumber, type DateRange } from '../domain/date-range.ts';
import { countDays, maskOf, monthOf } from '../domain/day-masks.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { finalThrough } from '../domain/finality.ts';
import { isIntraday, type Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import { sourceNames, sources, usualSource, type SourceName } from '../domain/source.ts';
import { dailyBarsFlow, type FlowName } from '../flows/index.ts';
import { readCoverageMap, type CoverageMap } from '../pipelines/gaps/coverage-map.ts';
import { coverageVersion } from '../store/coverage-version.ts';
import type { Store } from '../store/database.ts';
import { firstSessionOf } from '../store/stored-days.ts';
import { keptValues } from './kept-values.ts';

/** What a source has of one session. */
export interface SessionCounts {
  readonly session: SessionDate;
  /** Cells with a bar. */
  readonly present: number;
  readonly settled: number;
  readonly due: number;
}

/** How far the bars of a source and interval go. */
export interface Freshness {
  readonly source: SourceName;
  readonly interval: Interval;
  /** The latest of the sessions that are looked at of which nothing is due; null: there is none. */
  readonly complete: SessionDate | null;
  /** The last session that has closed. */
  readonly last: SessionCounts;
  /** What is due of sessions that are final, oldest first. */
  readonly gaps: readonly SessionCounts[];
  /** Symbols with such gaps, those with most first. */
  readonly symbols: readonly string[];
}

/** Calendar days that are looked back on: what is due before is told by Coverage. */
const daysBack = 45;

/** How far each source's bars go, at a moment in epoch milliseconds; those of which nothing is stored are left out. */
export type ReadFreshness = (store: Store, nowMs: number) => Promise<readonly Freshness[]>;

/** The same for who asks once. */
export const readFreshness: ReadFreshness = (store, nowMs) => createFreshnessReader()(store, nowMs);

/** Reads it again of those alone of which it may be another since it was last read. */
export function createFreshnessReader(): ReadFreshness {
  const kept = keptValues<readonly Freshness[]>(series.length);
  return async (store, nowMs) => {
    const version = await coverageVersion(store.db);
    const closed = lastClosedSession(new Date(nowMs)).session;
    const found: Freshness[] = [];
    for (const one of series) {
      const { source, interval } = one;
      const make = () => freshnessAt(store, one, nowMs);
      const known = [version, closed, exchangeDate(nowMs), finalThrough(source, nowMs)].join(' ');
      // Of hours nothing tells that they have changed but they themselves.
      found.push(...(await (isIntraday(interval) ? make() : kept(`${source} ${interval}`, known, make))));
    }
    return found;
  };
}

const series = sourceNames.flatMap((source) =>
  (Object.keys(sources[source].intervals) as Interval[]).map((interval) => ({ source, interval })),
);

async function freshnessAt(
  store: Store,
  { source, interval }: Pick<Freshness, 'source' | 'interval'>,
  nowMs: number,
): Promise<readonly Freshness[]> {
  const first = await firstSessionOf(store.db, { source, interval });
  if (first === null) return [];
  const today = exchangeDate(nowMs);
  const since = addDays(today, -daysBack);
  const range: DateRange = { from: first > since ? first : since, to: today };
  const fresh = freshnessOf(await readCoverageMap(store, { source, interval, range, nowMs }), nowMs);
  return fresh === null ? [] : [fresh];
}

/** Null: no session has closed, or nothing is expected of the source. */
export function freshnessOf(map: CoverageMap, nowMs: number): Freshness | null {
  const { source, interval, sessions } = map;
  const counts = sessions.map((session) => countsOf(map, session));
  const last = counts.at(-1);
  if (last === undefined || map.instruments.length === 0) return null;
  const final = finalThrough(source, nowMs);
  const gaps = counts.filter(({ session, due }) => due > 0 && dayNumber(session) <= final);
  const complete = counts.findLast(({ due, present }) => due === 0 && present > 0)?.session ?? null;
  return { source, interval, complete, last, gaps, symbols: lacking(map, gaps) };
}

function countsOf({ months, instruments }: CoverageMap, session: SessionDate): SessionCounts {
  const month = months.find((one) => one.month === monthOf(session));
  const counts = { session, present: 0, settled: 0, due: 0 };
  if (month === undefined) return counts;
  const day = maskOf(session);
  for (const at of instruments.keys()) {
    const isSettled = ((month.settled[at] ?? 0) & day) !== 0;
    if (isSettled) counts.settled += 1;
    if (isSettled || ((month.provisional[at] ?? 0) & day) !== 0) counts.present += 1;
    if (((month.due[at] ?? 0) & day) !== 0) counts.due += 1;
  }
  return counts;
}

function lacking({ months, instruments }: CoverageMap, gaps: readonly SessionCounts[]): readonly string[] {
  if (gaps.length === 0) return [];
  const masks = Map.groupBy(gaps, ({ session }) => monthOf(session));
  const lacks = instruments.map(({ symbol }, at) => {
    const due = months.reduce((sum, month) => {
      const days = (masks.get(month.month) ?? []).reduce((all, { session }) => all | maskOf(session), 0);
      return sum + countDays((month.due[at] ?? 0) & days);
    }, 0);
    return { symbol, due };
  });
  return lacks
    .filter(({ due }) => due > 0)
    .sort((one, other) => other.due - one.due)
    .map(({ symbol }) => symbol);
}

/** The flow whose schedule brings the bars of a source and interval; null: none does. */
export function bringingFlow({ source, interval }: Pick<Freshness, 'source' | 'interval'>): FlowName | null {
  return usualSource[interval] === source ? dailyBarsFlow[source] : null;
}
