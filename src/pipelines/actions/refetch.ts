import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { Interval } from '../../domain/interval.ts';
import { sourceNames, sources, type SourceName } from '../../domain/source.ts';
import { flows, refetchFlow, type FlowName } from '../../flows/index.ts';
import type { FollowingRun } from '../../flows/following-run.ts';
import { requestFrom } from '../../flows/input.ts';
import { plannedRun } from '../../flows/runs.ts';
import type { Database } from '../../store/database.ts';
import { staleSeries, type StaleSeries } from '../../store/split-basis.ts';

/** Symbols of one run: more are taken up the next time. */
const symbolsAtOnce = 500;

/** The runs that bring stale series under their new basis: one a source and interval. */
export async function refetchesDue(db: Database, nominalTime: string): Promise<readonly FollowingRun[]> {
  const refetches: FollowingRun[] = [];
  for (const source of sourceNames) {
    const flow = refetchFlow[source];
    if (flow === null) continue;
    const stale = (await staleSeries(db, source)).slice(0, symbolsAtOnce);
    for (const [interval, series] of Map.groupBy(stale, (one) => one.interval)) {
      const range = rangeOf(series, { source, interval, nominalTime });
      const symbols = [...new Set(series.map(({ symbol }) => symbol))];
      refetches.push(refetchOf(flow, { nominalTime, interval, range, symbols }));
    }
  }
  return refetches;
}

/** From the first stale bar on, as far back as the source keeps such bars. */
function rangeOf(
  series: readonly StaleSeries[],
  {
    source,
    interval,
    nominalTime,
  }: { readonly source: SourceName; readonly interval: Interval; readonly nominalTime: string },
): DateRange {
  const nominal = new Date(nominalTime);
  const to = exchangeCalendar.lastClosedSession(nominal).session;
  const keptDays = sources[source].intervals[interval]?.keptDays ?? null;
  const oldest = keptDays === null ? '' : addDays(exchangeDate(nominal.getTime()), -keptDays);
  const first = series.map(({ from }) => from).sort()[0] ?? to;
  return { from: first < oldest ? oldest : first, to };
}

function refetchOf(
  name: FlowName,
  {
    range,
    ...asked
  }: {
    readonly nominalTime: string;
    readonly interval: Interval;
    readonly range: DateRange;
    readonly symbols: readonly string[];
  },
): FollowingRun {
  const flow = flows[name];
  const parameters = { ...asked, startDate: range.from, endDate: range.to, incremental: false };
  const request = requestFrom(flow, parameters, asked.nominalTime);
  const { workflowId } = plannedRun(flow, request, exchangeCalendar);
  return { flow: name, workflowId: `${workflowId}/new-split`, session: range.to, parameters };
}
