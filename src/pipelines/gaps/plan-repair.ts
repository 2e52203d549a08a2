import type { DateRange } from '../../domain/date-range.ts';
import { cellStates, noCells, repairableCells, type CellCounts } from '../../domain/gap.ts';
import { intervalNames, isIntraday, type Interval } from '../../domain/interval.ts';
import { sourcesWith } from '../../domain/source.ts';
import type { FollowingRun } from '../../flows/following-run.ts';
import type { Database } from '../../store/database.ts';
import type { StoredInstrument } from '../../store/instruments.ts';
import { firstSessionOf } from '../../store/stored-days.ts';
import { readCoverage, type Coverage, type SeriesCoverage } from './read-coverage.ts';
import { repairRuns } from './repair-plan.ts';

/** Whose gaps are meant; null: those of all that the scheduled runs are responsible for, over all that is stored. */
export interface GapsWish {
  readonly instruments: readonly StoredInstrument[] | null;
  readonly range: DateRange | null;
  /** ISO 8601: what was final by then can be asked for. */
  readonly at: string;
}

/** What lacks and may be had, and the runs that ask for it. */
export interface RepairPlan {
  readonly cells: CellCounts;
  /** Cells that asking may help. */
  readonly missing: number;
  readonly runs: readonly FollowingRun[];
}

/** Plans what asks for the gaps of a wish; nothing is asked, nothing is written. */
export async function planRepair(db: Database, wish: GapsWish): Promise<RepairPlan> {
  return repairPlanOf(db, wish, await readGaps(db, wish));
}

/** The same of what was read of a wish. */
export async function repairPlanOf(
  db: Database,
  { at, instruments }: GapsWish,
  { cells, series }: Coverage,
): Promise<RepairPlan> {
  const runs = await repairRuns(db, series, { nominalTime: at, areNamed: instruments !== null });
  return { cells, missing: repairableCells(cells), runs };
}

/** What there is of every interval that is kept: of whole sessions always, of shorter ones where any is stored. */
export async function readGaps(db: Database, { at, ...wish }: GapsWish): Promise<Coverage> {
  const nowMs = Date.parse(at);
  let cells: CellCounts = noCells;
  const series: SeriesCoverage[] = [];
  for (const interval of await keptIntervals(db)) {
    const coverage = await readCoverage(db, { ...wish, source: null, interval, nowMs });
    cells = added(cells, coverage.cells);
    for (const one of coverage.series) series.push(one);
  }
  return { cells, series };
}

async function keptIntervals(db: Database): Promise<readonly Interval[]> {
  const kept: Interval[] = [];
  for (const interval of intervalNames) {
    const among = sourcesWith(({ intervals }) => interval in intervals);
    const stored = await Promise.all(among.map((source) => firstSessionOf(db, { source, interval })));
    if (!isIntraday(interval) || stored.some((first) => first !== null)) kept.push(interval);
  }
  return kept;
}

function added(a: CellCounts, b: CellCounts): CellCounts {
  const sums = (['expected', ...cellStates] as const).map((state) => [state, a[state] + b[state]]);
  return Object.fromEntries(sums) as CellCounts;
}
