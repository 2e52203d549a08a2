import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';

/** Prices of one session; of a list, all in the shares of their own day, or all in those of one day. */
export interface PricedSession {
  readonly session: SessionDate;
  readonly open: number;
  readonly close: number;
}

/** From a session's close to the prices of the next one, in logarithms: that of the ratio where a split lies between. */
export interface TradedStep {
  /** The session that it leads into. */
  readonly session: SessionDate;
  /** Days since 1970-01-01, and those of the session before. */
  readonly day: number;
  readonly before: number;
  readonly toOpen: number;
  readonly toClose: number;
}

/** Prices further apart than so many calendar days say nothing of what lies between them. */
const longestGapDays = 40;
/** A step is never known better than that. */
const leastMove = 0.03;

/** The steps between sessions, oldest first; prices that are none make no step. */
export function stepsOf(sessions: readonly PricedSession[]): readonly TradedStep[] {
  return sessions.flatMap(({ session, open, close }, index): readonly TradedStep[] => {
    const earlier = sessions[index - 1];
    if (earlier === undefined) return [];
    const [day, before] = [dayNumber(session), dayNumber(earlier.session)];
    if (!(earlier.close > 0 && open > 0 && close > 0) || day - before > longestGapDays) return [];
    return [
      {
        session,
        day,
        before,
        toOpen: Math.log(earlier.close / open),
        toClose: Math.log(earlier.close / close),
      },
    ];
  });
}

/**
 * How far a price moves from one day to the next without a reason, in logarithms: twice the median of all moves but the
 * largest, 3 % at least.
 */
export function usualMove(steps: readonly Pick<TradedStep, 'toClose'>[]): number {
  const moves = steps.map(({ toClose }) => Math.abs(toClose)).sort((one, other) => one - other);
  const usual = moves.slice(0, -1);
  return Math.max(leastMove, 2 * (usual[usual.length >> 1] ?? 0));
}

/** How far a step is from that of a ratio: 0 where the day went through it. */
export function distance({ toOpen, toClose }: TradedStep, ratio: number): number {
  const size = Math.log(ratio);
  if ((toOpen - size) * (toClose - size) <= 0) return 0;
  return Math.min(Math.abs(toOpen - size), Math.abs(toClose - size));
}

/** The step over a date: from the last session before it to the first one from it on. */
export function stepOver(steps: readonly TradedStep[], date: SessionDate): TradedStep | null {
  const day = dayNumber(date);
  return steps.find((step) => step.before < day && day <= step.day) ?? null;
}
