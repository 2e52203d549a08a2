import type { PriceSplit } from '../../domain/split-basis.ts';
import {
  distance,
  stepOver,
  stepsOf,
  usualMove,
  type PricedSession,
  type TradedStep,
} from '../../domain/traded-steps.ts';
import { evident } from '../rule.ts';

/** A session's prices as they were observed. */
export interface ObservedSession extends PricedSession {
  /** Of which answer they are: those of two that adjust their prices need not be in the same shares. */
  readonly answer: number;
}

/** What a source has told of an instrument around its splits, oldest first, and the splits by the days that are told of them. */
export interface ObservedSplits {
  readonly sessions: readonly ObservedSession[];
  readonly splits: readonly PriceSplit[];
}

/** A step of a split that is not where the split is. */
export interface MisplacedStep {
  /** The session that it leads into, days since 1970-01-01. */
  readonly day: number;
  readonly severity: 'warn';
  readonly evidence: Readonly<Record<string, number | string>>;
}

const reach = 30;
/** What moves of prices show of a split of less may be moves of prices. */
const leastSize = Math.log(1.25);
const leastMoves = 4;

/** A split that is in prices of other sessions than it should be. Prices as they were observed: what has mended them tells nothing. */
export const splitMisplaced = {
  id: 'split_misplaced',
  says: `a step of a known split of 1.25 or more within ${reach} sessions of its day and not on it: warn`,
  judge: (observed: ObservedSplits): readonly MisplacedStep[] => {
    const steps = stepsWithin(observed.sessions);
    const usual = usualMove(steps);
    const found = observed.splits.flatMap((split) => [...misplaced(observed, split, { steps, usual })]);
    return found.sort((one, other) => one.day - other.day);
  },
} as const;

/** Those from one session to the next in the same answer. */
function stepsWithin(sessions: readonly ObservedSession[]): readonly TradedStep[] {
  const byAnswer = new Map(sessions.map(({ session, answer }) => [session, answer]));
  const before = new Map(sessions.map(({ session }, at) => [session, sessions[at - 1]]));
  return stepsOf(sessions).filter(({ session }) => before.get(session)?.answer === byAnswer.get(session));
}

function* misplaced(
  { sessions, splits }: ObservedSplits,
  { exDate, ratio }: PriceSplit,
  { steps, usual }: { readonly steps: readonly TradedStep[]; readonly usual: number },
): Generator<MisplacedStep> {
  const size = Math.abs(Math.log(ratio));
  const place = sessions.findIndex(({ session }) => session >= exDate);
  // Of one to come nothing is in any price.
  if (size < Math.max(leastSize, leastMoves * usual) || place === -1) return;
  const places = new Map(sessions.map(({ session }, at) => [session, at]));
  const isOf = (step: TradedStep) => Math.min(distance(step, ratio), distance(step, 1 / ratio)) <= usual;
  const isDay = (step: TradedStep) => splits.some((one) => stepOver([step], one.exDate) !== null);
  const own = stepOver(steps, exDate);
  const what = own !== null && isOf(own) ? 'on some sessions only' : 'on another day';
  for (const step of steps) {
    const away = (places.get(step.session) ?? Infinity) - place;
    if (Math.abs(away) > reach || isDay(step) || !isOf(step)) continue;
    const told = { exDate, ratio: evident(ratio), sessions: away };
    const shown = { toOpen: evident(Math.exp(step.toOpen)), toClose: evident(Math.exp(step.toClose)) };
    yield { day: step.day, severity: 'warn', evidence: { what, ...told, ...shown } };
  }
}
