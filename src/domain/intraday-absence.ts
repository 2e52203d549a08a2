import { isMature, judgeAbsences, type Absence, type Absences } from './absence.ts';
import { dayNumber } from './date-range.ts';
import { barLengthMs, type Interval } from './interval.ts';
import type { Session, SessionDate } from './session.ts';
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
}

/**
 * Tells absences from gaps within sessions: a session without any bar is judged as one of daily bars, the missing bars
 * of another one by themselves. Bars that had not ended when the answer was given are not expected.
 */
export function judgeIntraday(evidence: IntradayEvidence): Absences {
  const { source, observedMs, listedOn, delistedOn } = evidence;
  const missingIn = missingBars(evidence);
  const ended: number[] = [];
  const answered = new Set<number>();
  const single: Absence[] = [];
  for (const session of evidence.sessions) {
    const { expected, missing } = missingIn(session);
    if (expected === 0) continue;
    const day = dayNumber(session.session);
    ended.push(day);
    if (missing.length === expected) continue;
    answered.add(day);
    for (const fromMs of missing) single.push(absence(session.session, fromMs));
  }
  const sessions = Int32Array.from(ended);
  const whole = judgeAbsences({ source, sessions, answered, observedMs, listedOn, delistedOn });
  const young = single.some(({ confirmed }) => !confirmed);
  return { seen: [...whole.seen, ...single], doubt: whole.doubt ?? (young ? 'NotYetAvailable' : null) };

  function absence(session: SessionDate, fromMs: number): Absence {
    const confirmed = isMature(source, session, observedMs);
    return { session, opensAt: new Date(fromMs).toISOString(), reason: 'no_trade', confirmed };
  }
}

/** Steps through sessions, oldest first: how many of their bars had ended, and when those begin that did not come. */
function missingBars({ interval, answered, observedMs }: IntradayEvidence) {
  let at = 0;
  const came = (fromMs: number) => {
    while ((answered[at] ?? Infinity) < fromMs) at += 1;
    return answered[at] === fromMs;
  };
  return ({ opensAt, closesAt }: Session) => {
    const [opensMs, closesMs] = [Date.parse(opensAt), Date.parse(closesAt)];
    const lengthMs = barLengthMs(interval, opensMs, closesMs);
    const missing: number[] = [];
    let expected = 0;
    for (let fromMs = opensMs; fromMs < closesMs; fromMs += lengthMs) {
      if (Math.min(fromMs + lengthMs, closesMs) > observedMs) break;
      expected += 1;
      if (!came(fromMs)) missing.push(fromMs);
    }
    return { expected, missing };
  };
}
