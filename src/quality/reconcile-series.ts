import { differenceOf, findingFrom, tickAt, tolerances, type ReconciledField } from './tolerances.ts';
import type { JudgedSeries } from './judged-series.ts';
import { levelRuns, type LevelRun } from './level-runs.ts';
import { volumeRatio } from './volume-ratio.ts';
import { evident } from './rule.ts';

/** Sessions that two series have, by their rows: settled in both, their prices in the shares of one day. */
export interface AlignedPair {
  readonly own: JudgedSeries;
  readonly other: JudgedSeries;
  /** A row of either, oldest first. */
  readonly rows: readonly (readonly [own: number, other: number])[];
  /** What prices of a row of the first are multiplied by, to be in the shares of its own day: ticks are of those. */
  readonly ownShares: (row: number) => number;
}

/** A field that two sources tell otherwise, far beyond what they usually do. */
export interface FieldDifference {
  readonly field: ReconciledField;
  readonly own: number;
  readonly other: number;
  /** As a share of the lesser; of a volume beside the pair's own ratio. */
  readonly difference: number;
  readonly tolerance: number;
}

/** What is found of one session, or of a run of them. */
export interface Difference {
  /** Of the first session and the last, in the first series. */
  readonly rows: readonly [first: number, last: number];
  readonly what: 'cells' | LevelRun['what'];
  /** Whether a run goes to the first session that was compared, and to the last: it may go on beyond. */
  readonly isCut: readonly [atFirst: boolean, atLast: boolean];
  readonly cells: readonly FieldDifference[];
  /** Of `basis`: what prices of the first are times those of the second. */
  readonly ratio: number | null;
}

/** One cell of a session that both have, and whether it is within the tolerance. */
export interface ComparedCell {
  readonly day: number;
  readonly field: ReconciledField;
  readonly isWithin: boolean;
}

interface Reconciled {
  readonly cells: readonly ComparedCell[];
  readonly differences: readonly Difference[];
}

/** Compares two series cell by cell; runs in another basis, or a session off, are one difference each. */
export function reconcileSeries(pair: AlignedPair): Reconciled {
  const usual = volumeRatio(pair);
  const runs = levelRuns(pair);
  const cells: ComparedCell[] = [];
  const single: Difference[] = [];
  for (const [at, [row, otherRow]] of pair.rows.entries()) {
    const beyond: FieldDifference[] = [];
    for (const field of comparedFields(pair)) {
      const [own, other] = [pair.own[field][row] ?? NaN, pair.other[field][otherRow] ?? NaN];
      const expected = field === 'volume' ? usual(at) : 1;
      const difference = differenceOf(own / expected, other);
      if (!Number.isFinite(difference)) continue;
      const halfTick = field === 'volume' ? 0 : halfTickOf(pair, row, Math.min(own, other));
      const tolerance = tolerances[field] + halfTick;
      cells.push({ day: pair.own.day[row] ?? NaN, field, isWithin: difference <= tolerance });
      if (difference > findingFrom * tolerances[field] + halfTick)
        beyond.push({ field, own, other, difference: evident(difference), tolerance: evident(tolerance) });
    }
    if (beyond.length > 0 && !runs.some((run) => covers(run, at)))
      single.push({ rows: [row, row], what: 'cells', isCut: [false, false], cells: beyond, ratio: null });
  }
  return { cells, differences: [...runs.map((run) => ofRun(run, pair)), ...single].sort(byRow) };
}

function comparedFields({ own, other }: AlignedPair): readonly ReconciledField[] {
  const hasVolume = own.hasVolume && other.hasVolume;
  return hasVolume ? ['open', 'high', 'low', 'close', 'volume'] : ['open', 'high', 'low', 'close'];
}

/** As a share of a price. */
function halfTickOf({ ownShares }: AlignedPair, row: number, price: number): number {
  const traded = price * ownShares(row);
  return tickAt(traded) / 2 / traded;
}

function covers({ first, last }: LevelRun, at: number): boolean {
  return at >= first && at <= last;
}

function ofRun({ first, last, what, ratio }: LevelRun, { rows }: AlignedPair): Difference {
  const rowAt = (at: number) => rows[at]?.[0] ?? NaN;
  return {
    rows: [rowAt(first), rowAt(last)],
    what,
    isCut: [first === 0, last === rows.length - 1],
    cells: [],
    ratio: ratio === null ? null : evident(ratio),
  };
}

function byRow(one: Difference, other: Difference): number {
  return one.rows[0] - other.rows[0];
}
