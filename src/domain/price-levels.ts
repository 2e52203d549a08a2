import { usualMove } from './traded-steps.ts';

/** Prices of one session; days since 1970-01-01. */
export interface LevelledSession {
  readonly day: number;
  readonly open: number;
  readonly close: number;
}

/** How far prices can be from what they are to be, in logarithms, and the basis that this is; null: none. */
export interface LevelOption {
  readonly level: number;
  readonly basis: number | null;
  /** Of no basis, but some known splits are in the prices and others are not: times this they are as traded. */
  readonly toTraded?: number;
}

export interface LevelEvidence {
  /** What the prices of a day can be. */
  readonly optionsOf: (day: number) => readonly LevelOption[];
  /** What two faults at once make of them, so near to one of these that only other prices of the session tell them apart. */
  readonly lookalikesOf: (day: number) => readonly number[];
  /** Whether a split is so near to a day that a step there may be its own. */
  readonly isNear: (day: number) => boolean;
  /** How far a session's prices are off, as other prices of the session show; null: there are none. */
  readonly shown: (session: LevelledSession) => number | null;
  /** The newest session is not before any split: without better knowledge it is taken for right. */
  readonly newestIsWhole: boolean;
}

/** Two sources' closes of a session are no further apart, in logarithms. */
export const closesApart = 0.03;
/** Nor those of which one of several splits is wrongly in or out: another ratio, of which nobody tells, may be near to it. */
const exactlyApart = 0.001;
/** Of the way from one option to the next, what may be the price's own move. */
const ownShare = 0.35;
/** Sessions further apart than so many days are not compared across a split. */
const longestGapDays = 12;

/** The option that holds for each session, oldest first; null where nothing shows one, and one of no basis where that is shown. */
export function priceLevels(
  sessions: readonly LevelledSession[],
  evidence: LevelEvidence,
): readonly (LevelOption | null)[] {
  const levels = sessions.map((session): LevelOption | null | undefined => {
    const shown = evidence.shown(session);
    return shown === null ? undefined : shownOption(shown, session, evidence);
  });
  const usual = usualMove(movesOf(sessions));
  const newest = levels.findLastIndex((level) => level != null);
  if (newest === -1 && !evidence.newestIsWhole) return sessions.map(() => null);
  if (newest === -1) {
    const last = sessions.at(-1);
    if (last === undefined || levels.at(-1) === null) return sessions.map(() => null);
    levels[sessions.length - 1] = evidence.optionsOf(last.day)[0] ?? null;
  }
  const chain = { sessions, levels, evidence, usual };
  for (let at = newest + 1; newest !== -1 && at < sessions.length; at += 1) fill(chain, at, -1);
  for (let at = sessions.length - 1; at >= 0; at -= 1) fill(chain, at, 1);
  return levels.map((level) => level ?? null);
}

function shownOption(
  shown: number,
  { day }: LevelledSession,
  { optionsOf, lookalikesOf }: LevelEvidence,
): LevelOption | null {
  const [nearest, between] = nearestOf(shown, optionsOf(day));
  if (nearest === null) return null;
  const apart = nearest.option.toTraded === undefined ? closesApart : exactlyApart;
  if (nearest.off > Math.min(apart, ownShare * between)) return null;
  return lookalikesOf(day).some((level) => Math.abs(level - shown) < nearest.off) ? null : nearest.option;
}

function movesOf(sessions: readonly LevelledSession[]): readonly { readonly toClose: number }[] {
  return sessions.flatMap(({ close }, at) => {
    const toClose = Math.log((sessions[at - 1]?.close ?? NaN) / close);
    return Number.isFinite(toClose) ? [{ toClose }] : [];
  });
}

interface Chain {
  readonly sessions: readonly LevelledSession[];
  /** Undefined: not looked at yet. */
  readonly levels: (LevelOption | null | undefined)[];
  readonly evidence: LevelEvidence;
  readonly usual: number;
}

/** Tells a session's level by that of the nearest known one, later (1) or earlier (-1). */
function fill({ sessions, levels, evidence, usual }: Chain, at: number, way: 1 | -1): void {
  if (levels[at] !== undefined) return;
  let beside = at + way;
  while (levels[beside] === null) beside += way;
  const [here, there, known] = [sessions[at], sessions[beside], levels[beside]];
  levels[at] = null;
  if (here === undefined || there === undefined || known == null) return;
  const options = evidence.optionsOf(here.day);
  const stays = options.find(({ level }) => Math.abs(level - known.level) < 1e-9) ?? null;
  const [earlier, later] = way === 1 ? [here, there] : [there, here];
  if (!evidence.isNear(here.day) && !evidence.isNear(there.day)) {
    levels[at] = stays;
    return;
  }
  if (later.day - earlier.day > longestGapDays) {
    levels[at] = evidence.optionsOf(there.day) === options ? stays : null;
    return;
  }
  const moves = [later.open, later.close].map((price) => way * Math.log(earlier.close / price));
  // The day's own move is part of both: where one shows an option, that counts.
  const fits = moves.map((move) => reached(known.level, move, options, usual));
  levels[at] = fits.find((option) => option !== null) ?? null;
}

/** The option that a move leads to from a level: another one only by its own step, the same one by less than half of any. */
function reached(
  from: number,
  move: number,
  options: readonly LevelOption[],
  usual: number,
): LevelOption | null {
  const [nearest, between] = nearestOf(from + move, options);
  if (nearest === null || !(nearest.off <= ownShare * between)) return null;
  const isSame = Math.abs(nearest.option.level - from) < 1e-9;
  return isSame || nearest.off <= usual ? nearest.option : null;
}

/** The option nearest to a level, and how far it is from the next one. */
function nearestOf(
  level: number,
  options: readonly LevelOption[],
): readonly [{ readonly option: LevelOption; readonly off: number } | null, number] {
  if (!Number.isFinite(level)) return [null, 0];
  const sorted = options
    .map((option) => ({ option, off: Math.abs(option.level - level) }))
    .sort((a, b) => a.off - b.off);
  const [best = null, second] = sorted;
  if (best === null || second === undefined) return [best, Infinity];
  return [best, Math.abs(second.option.level - best.option.level)];
}
