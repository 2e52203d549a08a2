import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { isRepairable } from '../../domain/gap.ts';
import { flows, rangeFlow } from '../../flows/index.ts';
import type { FollowingRun } from '../../flows/following-run.ts';
import { requestFrom } from '../../flows/input.ts';
import { plannedRun } from '../../flows/runs.ts';
import type { Database } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';
import type { SeriesCoverage } from './read-coverage.ts';

/** Which runs bring what may be had; their nominal time is ISO 8601. */
interface RunsWish {
  readonly nominalTime: string;
  /** Whether symbols were named: then no others are asked for. */
  readonly areNamed: boolean;
}

/** Of more symbols than that a run is for all that its source is responsible for. */
const mostNamed = 500;

/**
 * The runs that ask for what lacks and may be had: one a source and interval, over the sessions from the first that lacks to
 * the last. The planner asks in them what is due, in the fewest requests.
 */
export async function repairRuns(
  db: Database,
  series: readonly SeriesCoverage[],
  wish: RunsWish,
): Promise<readonly FollowingRun[]> {
  const runs: FollowingRun[] = [];
  const lacking = series.filter(({ repairable }) => repairable > 0);
  for (const own of Map.groupBy(lacking, ({ source, interval }) => `${source} ${interval}`).values()) {
    const run = await runFor(db, own, wish);
    if (run !== null) runs.push(run);
  }
  return runs;
}

async function runFor(
  db: Database,
  series: readonly SeriesCoverage[],
  { nominalTime, areNamed }: RunsWish,
): Promise<FollowingRun | null> {
  const symbols = await nameable(db, series);
  const isForAll = !areNamed && (symbols.length < series.length || symbols.length > mostNamed);
  const [first] = series;
  if (first === undefined || (!isForAll && symbols.length === 0)) return null;
  const flow = flows[rangeFlow[first.source]];
  const { from, to } = rangeOfRepair(series, isForAll);
  const parameters = {
    ...{ nominalTime, startDate: from, endDate: to },
    ...('interval' in flow.parameters.shape ? { interval: first.interval } : {}),
    ...(isForAll ? {} : { symbols }),
    ...(series.some(({ isContradicted }) => isContradicted) ? { doubtSilence: true } : {}),
  };
  const request = requestFrom(flow, parameters, nominalTime);
  const { workflowId } = plannedRun(flow, request, exchangeCalendar);
  return { flow: flow.name, workflowId, session: to, parameters };
}

/** The symbols of series whose instruments are meant by them: the ticker of who is gone may be another's. */
async function nameable(db: Database, series: readonly SeriesCoverage[]): Promise<readonly string[]> {
  const ids = new Map(series.map(({ instrument: { symbol, id } }) => [symbol, id]));
  const resolved = await resolveSymbols(db, [...ids.keys()]);
  return [...ids].flatMap(([symbol, id]) => {
    const meant = resolved.get(symbol);
    return meant?.kind === 'found' && meant.instrument.id === id ? symbol : [];
  });
}

/** The sessions that lack; for all that a source is responsible for, back to when each of those was listed. */
function rangeOfRepair(series: readonly SeriesCoverage[], isForAll: boolean): DateRange {
  const gaps = series.flatMap((one) => one.gaps.filter(({ reason }) => isRepairable(reason)));
  const listed = isForAll ? series.flatMap(({ instrument }) => instrument.delistedOn ?? []) : [];
  const least = (a: string, b: string) => (b < a ? b : a);
  const greatest = (a: string, b: string) => (b > a ? b : a);
  return {
    from: [...gaps.map(({ from }) => from), ...listed].reduce(least),
    to: gaps.map(({ to }) => to).reduce(greatest),
  };
}
