import type { JudgedSeries } from './judged-series.ts';
import { findingFrom, tolerances } from './tolerances.ts';

/** Sessions in which one series is the other in another basis, or of another day, or none of it: another company's. */
export interface LevelRun {
  /** Positions in the pair, both included. */
  readonly first: number;
  readonly last: number;
  readonly what: 'basis' | 'shifted' | 'apart';
  readonly ratio: number | null;
}

interface Pair {
  readonly own: JudgedSeries;
  readonly other: JudgedSeries;
  readonly rows: readonly (readonly [own: number, other: number])[];
}

/** Fewer sessions in a row say nothing of the cause. */
const shortest = 3;
/** The ratio of a run holds as closely as closes agree. */
const nearness = 2 * tolerances.close;
const fields = ['open', 'high', 'low', 'close'] as const;

/** What all four prices of another company differ by at least, as a logarithm. */
const strange = 0.1;

/**
 * The runs of a pair, oldest first: those of a constant ratio before those that are a session off, and these before the rest,
 * of which they may be a few sessions by chance.
 */
export function levelRuns(pair: Pair): readonly LevelRun[] {
  const apart = runsOf(pair, (at) => strangerAt(pair, at), 'apart');
  const isChance = (one: LevelRun) =>
    apart.some((run) => isWithin(one, run) && 2 * sessionsOf(one) < sessionsOf(run));
  const based = runsOf(pair, (at) => ratioAt(pair, at, 0), 'basis').filter((one) => !isChance(one));
  const shifted = [1, -1]
    .flatMap((by) => runsOf(pair, (at) => shiftAt(pair, at, by), 'shifted'))
    .filter((one) => !isChance(one));
  const known = [...based, ...freeOf(based, shifted)];
  return [...known, ...freeOf(known, apart)].sort((one, other) => one.first - other.first);
}

function isWithin(one: LevelRun, other: LevelRun): boolean {
  return one.first >= other.first && one.last <= other.last;
}

function sessionsOf({ first, last }: LevelRun): number {
  return last - first + 1;
}

function freeOf(known: readonly LevelRun[], runs: readonly LevelRun[]): readonly LevelRun[] {
  return runs.filter((one) => !known.some(({ first, last }) => one.first <= last && one.last >= first));
}

/** 1 of a session in which no price is near the other's. */
function strangerAt({ own, other, rows }: Pair, at: number): number {
  const [row = -1, otherRow = -1] = rows[at] ?? [];
  const isFar = (field: (typeof fields)[number]) =>
    Math.abs(Math.log((own[field][row] ?? NaN) / (other[field][otherRow] ?? NaN))) > strange;
  return fields.every(isFar) ? 1 : NaN;
}

/** What all four prices of a session are of the other's of that session, or of one beside it; NaN: not one number. */
function ratioAt({ own, other, rows }: Pair, at: number, by: number): number {
  const [row = -1, otherRow = -1] = [rows[at]?.[0], rows[at + by]?.[1]];
  const ratios = fields.map((field) => (own[field][row] ?? NaN) / (other[field][otherRow] ?? NaN));
  const close = ratios.at(-1) ?? NaN;
  const isOne = ratios.every((ratio) => Math.abs(Math.log(ratio / close)) < tolerances.open);
  return isOne ? close : NaN;
}

/** 1 of a session that is that of the day beside it, and not its own. */
function shiftAt(pair: Pair, at: number, by: number): number {
  const isAlike = (ratio: number) => Math.abs(Math.log(ratio)) <= tolerances.close;
  return !isAlike(ratioAt(pair, at, 0)) && isAlike(ratioAt(pair, at, by)) ? 1 : NaN;
}

function runsOf(
  { rows }: Pair,
  levelAt: (at: number) => number,
  what: LevelRun['what'],
): readonly LevelRun[] {
  const runs: LevelRun[] = [];
  let [first, level] = [0, NaN];
  const end = (at: number) => {
    if (at - first >= shortest && isOff(level, what))
      runs.push({ first, last: at - 1, what, ratio: what === 'basis' ? level : null });
  };
  for (let at = 0; at < rows.length; at += 1) {
    const own = levelAt(at);
    if (Math.abs(Math.log(own / level)) < nearness) continue;
    end(at);
    [first, level] = [at, own];
  }
  end(rows.length);
  return runs;
}

/** Whether a level is a finding: so far from 1 as a close that is one. */
function isOff(level: number, what: LevelRun['what']): boolean {
  if (Number.isNaN(level)) return false;
  return what !== 'basis' || Math.abs(Math.log(level)) > findingFrom * tolerances.close;
}
