import { dateOfDayNumber } from '../../domain/date-range.ts';
import { isRepairable, noCells, type CellCounts, type Gap } from '../../domain/gap.ts';
import type { Interval } from '../../domain/interval.ts';
import { runsOf, type JudgedStates } from '../../domain/judge-cells.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import type { StoredInstrument } from '../../store/instruments.ts';
import { coveredSeries, type CoveredSeries, type CoverageWish } from './covered-series.ts';
import { judgeStored } from './judge-stored.ts';
import { coveredWindow, type Window } from './covered-window.ts';

/** What there is of one instrument, source and interval. */
export interface SeriesCoverage {
  readonly instrument: StoredInstrument;
  readonly source: SourceName;
  readonly interval: Interval;
  /** Oldest first. */
  readonly gaps: readonly Gap[];
  /** Cells that asking may help. */
  readonly repairable: number;
  /** Some of them are believed to have no bar, which another source contradicts. */
  readonly isContradicted: boolean;
}

/** What there is, and why what lacks does. */
export interface Coverage {
  readonly cells: CellCounts;
  readonly series: readonly SeriesCoverage[];
}

/** Instruments at once: of each a byte a session is held, and what is stored of it. */
const batchSize = 500;

/** Looks over what is stored, as it is at one moment, whatever is written meanwhile. */
export async function readCoverage(db: Database, wish: CoverageWish): Promise<Coverage> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const counts = { ...noCells };
      const series: SeriesCoverage[] = [];
      for (const covered of await coveredSeries(tx, wish))
        for await (const one of coverageOf(tx, covered, { counts, nowMs: wish.nowMs })) series.push(one);
      return { cells: counts, series };
    });
}

type Counting = { -readonly [State in keyof CellCounts]: number };

async function* coverageOf(
  db: Database,
  covered: CoveredSeries,
  { counts, nowMs }: { readonly counts: Counting; readonly nowMs: number },
): AsyncGenerator<SeriesCoverage> {
  const { source, interval, instruments } = covered;
  const window = coveredWindow(covered, nowMs);
  for (let first = 0; first < instruments.length; first += batchSize) {
    const batch = instruments.slice(first, first + batchSize);
    const judged = await judgeStored(db, { source, interval, instruments: batch }, window);
    for (const instrument of batch) {
      const found = judged.get(instrument.id);
      if (found === undefined) continue;
      const { states, isContradicted } = found;
      yield { instrument, source, interval, isContradicted, ...countIn(counts, states, window) };
    }
  }
}

function countIn(
  counts: Counting,
  states: JudgedStates,
  { from, to, sessions }: Window,
): Pick<SeriesCoverage, 'gaps' | 'repairable'> {
  const gaps: Gap[] = [];
  let repairable = 0;
  for (const { first, last, state } of runsOf(states, from, to)) {
    const cells = last - first + 1;
    counts.expected += cells;
    counts[state] += cells;
    if (state === 'settled' || state === 'provisional') continue;
    if (isRepairable(state)) repairable += cells;
    const dateAt = (place: number) => dateOfDayNumber(sessions[place] ?? NaN);
    gaps.push({ from: dateAt(first), to: dateAt(last), reason: state, sessions: cells });
  }
  return { gaps, repairable };
}
