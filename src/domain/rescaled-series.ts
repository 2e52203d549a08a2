import { isSameRatio } from './split-events.ts';

/** A session of a whole series, as it comes and as it is stored, both adjusted for what is known by now. */
export interface RescaledSession {
  readonly close: number;
  readonly volume: number;
  readonly storedClose: number;
  readonly storedVolume: number;
  /** From a source that does not adjust, adjusted likewise; null: none. */
  readonly tradedClose: number | null;
}

export interface RescaleEvidence {
  /** Of all sessions that are stored and came. */
  readonly sessions: readonly RescaledSession[];
  /** Stored sessions that did not come. */
  readonly lacking: number;
  /** By what the prices of the refused answers differed from the stored ones, this one's among them. */
  readonly refused: readonly number[];
  /** Sessions of the answer whose basis cannot be told, or that lack a split, were there nothing stored. */
  readonly unexplained: number;
  /** Of every split that is told, whatever became of it. */
  readonly ratios: readonly number[];
}

/** Factors are the same that differ by no more: sources round. */
const sameWithin = 2e-3;
/** Two sources' closes of a session are no further apart, in logarithms. */
const closesApart = 0.03;
const fewestSessions = 3;
const lackingShare = 0.01;

/**
 * Why a whole series that came in other units than it is stored in is not believed; null: nothing speaks against it.
 * Where volumes are scaled the other way it is a split that nobody has told of: the stored prices are those of their days.
 */
export function doubtOfRescale(evidence: RescaleEvidence): string | null {
  const { sessions, lacking, refused, unexplained, ratios } = evidence;
  const factors = [...refused, ...sessions.map(({ close, storedClose }) => close / storedClose)];
  const factor = refused[0] ?? NaN;
  if (sessions.length < fewestSessions) return 'too few sessions are stored to compare it with';
  if (lacking > lackingShare * sessions.length) return 'it lacks sessions that are stored';
  if (!factors.every((one) => Math.abs(one / factor - 1) <= sameWithin))
    return 'its prices do not differ from the stored ones by one factor';
  if (unexplained > 0) return 'its steps are not those of the known splits';
  if (ratios.some((ratio) => isSameRatio(ratio, factor) || isSameRatio(1 / ratio, factor)))
    return 'a split of this ratio is told, and does not count';
  const traded = sessions.filter(({ tradedClose }) => tradedClose !== null);
  if (traded.length >= fewestSessions) return traded.every(agrees) ? null : 'prices as traded say otherwise';
  return isSplitLike(sessions, factor)
    ? 'volumes are scaled the other way, as by a split that nobody tells'
    : null;
}

function agrees({ close, tradedClose }: RescaledSession): boolean {
  return Math.abs(Math.log(close / (tradedClose ?? NaN))) <= closesApart;
}

/** True where volumes have moved more than half of the way on which a split takes them. */
function isSplitLike(sessions: readonly RescaledSession[], factor: number): boolean {
  const shares = sessions
    .map(({ volume, storedVolume }) => -Math.log(volume / storedVolume) / Math.log(factor))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  // Without volumes nothing tells it from a split.
  return (shares[Math.floor(shares.length / 2)] ?? 1) > 0.5;
}
