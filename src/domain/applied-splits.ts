import type { SessionDate } from './session.ts';
import type { PricedSession } from './traded-steps.ts';

/** Where a source's adjusted prices change against those as traded: the split that it has put into them. */
export interface AppliedSplit {
  readonly session: SessionDate;
  readonly ratio: number;
}

/** Closes of two sources differ by less, in logarithms. */
const smallestChange = 0.01;
/** Sessions on each side that have to agree. */
const agreeing = 3;

/** What a source has put into its prices; null where they cannot be compared with prices as traded. */
export function appliedSplits(
  traded: readonly PricedSession[],
  adjusted: readonly PricedSession[],
): readonly AppliedSplit[] | null {
  const closes = new Map(traded.map(({ session, close }) => [session, close]));
  const levels = adjusted.flatMap(({ session, close }) => {
    const level = Math.log((closes.get(session) ?? NaN) / close);
    return Number.isFinite(level) ? [{ session, level }] : [];
  });
  if (levels.length < 2 * agreeing) return null;
  return levels.flatMap(({ session }, at): readonly AppliedSplit[] => {
    const [before, after] = [levels.slice(Math.max(0, at - agreeing), at), levels.slice(at, at + agreeing)];
    if (before.length < agreeing || after.length < agreeing) return [];
    const change = median(before.map(({ level }) => level)) - median(after.map(({ level }) => level));
    const isHere = Math.abs((before.at(-1)?.level ?? 0) - (after[0]?.level ?? 0) - change) < smallestChange;
    return Math.abs(change) > smallestChange && isHere ? [{ session, ratio: Math.exp(change) }] : [];
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
