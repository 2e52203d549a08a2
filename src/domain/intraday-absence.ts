import {
  gravest,
  isMature,
  isSecondSight,
  judgeAbsences,
  type Absence,
  type Absences,
  type Doubt,
} from './absence.ts';
import { dayNumber } from './date-range.ts';
import { barLengthMs, type Interval } from './interval.ts';
import type { Session, SessionDate } from './session.ts';
import { isSteady, type KnownDays, type KnownParts } from './silence.ts';
import type { SourceName } from './source.ts';

/** What a complete answer of bars shorter than a session says, against what the reference says of the instrument. */
export interface IntradayEvidence {
  readonly source: SourceName;
  readonly interval: Interval;
  /** The sessions asked for, oldest first. */
  readonly sessions: readonly Session[];
  /** When the bars that came begin, epoch milliseconds, oldest first. */
  readonly answered: Float64Array;
  /** Epoch milliseconds, the answer's own time. */
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
  /** Before this day, since 1970-01-01, the ticker was another company's; absent: that is not known. */
  readonly ownedFrom?: number;
  /** What the store has of the sessions around; absent: nothing. */
  readonly known?: KnownDays;
  /** What the store has of the parts of the sessions; absent: nothing. */
  readonly knownParts?: KnownParts;
}

/**
 * Tells absences from gaps within sessions: a session without any bar is judged as one of daily bars, the missing bars
 * of another one by themselves: where four fifths of the bars came, one that did not is believed at second sight. Bars
 * that had not ended when the answer was given are not expected.
 */
export function judgeIntraday(evidence: IntradayEvidence): Absences {
  const { source, observedMs, listedOn, delistedOn, ownedFrom, known, knownParts } = evidence;
  const { days, answered, single, steady } = missingParts(evidence);
  const whole = judgeAbsences({
    ...{ source, sessions: days, answered, observedMs, listedOn, delistedOn },
    ...(ownedFrom === undefined ? {} : { ownedFrom }),
    ...(known === undefined ? {} : { known }),
  });
  const doubts = new Set<Doubt | null>([whole.doubt]);
  const parts = single.map(({ session, fromMs }): Absence => {
    const mature = isMature(source, session, observedMs);
    const again = isSecondSight({ source, observedMs }, session, knownParts?.suspected.get(fromMs));
    const confirmed = again || (mature && !steady);
    if (!confirmed) doubts.add(mature ? 'SilenceDoubted' : 'NotYetAvailable');
    return { session, opensAt: new Date(fromMs).toISOString(), reason: 'no_trade', confirmed };
  });
  return { ...whole, seen: [...whole.seen, ...parts], doubt: gravest(doubts) };
}

/** The sessions of which a bar had ended, those that have one, and the bars that these lack. */
function missingParts(evidence: IntradayEvidence) {
  const missingIn = missingBars(evidence);
  const days: number[] = [];
  const answered = new Set<number>();
  const single: { readonly session: SessionDate; readonly fromMs: number }[] = [];
  const sum = { traded: 0, counted: 0 };
  for (const session of evidence.sessions) {
    const times = timesOf(session);
    const { expected, missing } = missingIn(times);
    if (expected === 0) continue;
    const { day } = times;
    days.push(day);
    if (missing.length === expected) continue;
    answered.add(day);
    sum.counted += expected;
    sum.traded += expected - missing.length;
    for (const fromMs of missing)
      if (evidence.knownParts?.accounted.has(fromMs) !== true)
        single.push({ session: session.session, fromMs });
  }
  return { days: Int32Array.from(days), answered, single, steady: isSteady(sum) };
}

/** Steps through sessions, oldest first: how many of their bars had ended, and when those begin that did not come. */
function missingBars({ interval, answered, observedMs }: IntradayEvidence) {
  let at = 0;
  const came = (fromMs: number) => {
    while ((answered[at] ?? Infinity) < fromMs) at += 1;
    return answered[at] === fromMs;
  };
  return ({ opensMs, closesMs }: SessionTimes) => {
    const lengthMs = barLengthMs(interval, opensMs, closesMs);
    let missing: number[] | null = null;
    let expected = 0;
    for (let fromMs = opensMs; fromMs < closesMs; fromMs += lengthMs) {
      if (Math.min(fromMs + lengthMs, closesMs) > observedMs) break;
      expected += 1;
      if (!came(fromMs)) (missing ??= []).push(fromMs);
    }
    return { expected, missing: missing ?? none };
  };
}

const none: readonly number[] = [];

/** A session in numbers: its day since 1970-01-01, and epoch milliseconds. */
interface SessionTimes {
  readonly day: number;
  readonly opensMs: number;
  readonly closesMs: number;
}

/** The calendar hands out the same sessions again and again: reading their texts is a good part of a judgement. */
const knownTimes = new WeakMap<Session, SessionTimes>();

function timesOf(session: Session): SessionTimes {
  const times = knownTimes.get(session) ?? {
    day: dayNumber(session.session),
    opensMs: Date.parse(session.opensAt),
    closesMs: Date.parse(session.closesAt),
  };
  knownTimes.set(session, times);
  return times;
}
