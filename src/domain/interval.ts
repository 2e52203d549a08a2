import type { Session } from './session.ts';

/** How an interval cuts a session into bars. */
export interface IntervalDeclaration {
  /** What a bar lasts, counted from the open of the session's regular part; null: the whole session is one bar. */
  readonly minutes: number | null;
}

const declared = {
  '1d': { minutes: null },
  '1h': { minutes: 60 },
} as const satisfies Readonly<Record<string, IntervalDeclaration>>;

/** What a bar spans: a session, or a part of its regular hours counted from the open. */
export type Interval = keyof typeof declared;

export const intervals: Readonly<Record<Interval, IntervalDeclaration>> = declared;
export const intervalNames = Object.keys(declared) as readonly Interval[];

/** True for bars that are shorter than a session: several of them have one session date. */
export function isIntraday(interval: Interval): boolean {
  return intervals[interval].minutes !== null;
}

/** When a bar begins and ends, epoch milliseconds. */
export interface Slot {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long the bars of a session are, but for the last one; milliseconds. */
export function barLengthMs(interval: Interval, opensAtMs: number, closesAtMs: number): number {
  const { minutes } = intervals[interval];
  return minutes === null ? closesAtMs - opensAtMs : minutes * 60_000;
}

/** The bars that a session has, oldest first; the last one ends at the close, however short that makes it. */
export function slotsOf({ opensAt, closesAt }: Session, interval: Interval): readonly Slot[] {
  const [opens, closes] = [Date.parse(opensAt), Date.parse(closesAt)];
  const lengthMs = barLengthMs(interval, opens, closes);
  return Array.from({ length: Math.ceil((closes - opens) / lengthMs) }, (_, index) => ({
    fromMs: opens + index * lengthMs,
    toMs: Math.min(opens + (index + 1) * lengthMs, closes),
  }));
}
