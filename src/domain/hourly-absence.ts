import { isMature, judgeAbsences, type Absence, type Absences } from './absence.ts';
import { slotsOf } from './interval.ts';
import type { Session, SessionDate } from './session.ts';
import type { SourceName } from './source.ts';

/** What a complete answer of hourly bars says, against what the reference says of the instrument. */
interface HourlyEvidence {
  readonly source: SourceName;
  /** The sessions asked for, oldest first. */
  readonly sessions: readonly Session[];
  /** When the bars that came begin, epoch milliseconds. */
  readonly answered: ReadonlySet<number>;
  /** Epoch milliseconds, the answer's own time. */
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
}

/**
 * Tells absences from gaps among hours: a session without any is judged as one of daily bars, the missing hours of
 * another one by themselves. Hours that had not ended when the answer was given are not expected.
 */
export function judgeHours(evidence: HourlyEvidence): Absences {
  const { source, observedMs, answered, listedOn, delistedOn } = evidence;
  const ended = evidence.sessions
    .map(({ session, ...times }) => {
      const hours = slotsOf({ session, ...times }, '1h').filter(({ toMs }) => toMs <= observedMs);
      return { session, hours, missing: hours.filter(({ fromMs }) => !answered.has(fromMs)) };
    })
    .filter(({ hours }) => hours.length > 0);
  const partly = ended.filter(({ hours, missing }) => missing.length < hours.length);
  const whole = judgeAbsences({
    source,
    sessions: ended.map(({ session }) => session),
    answered: new Set(partly.map(({ session }) => session)),
    observedMs,
    listedOn,
    delistedOn,
  });
  const single = partly.flatMap(({ session, missing }) =>
    missing.map(({ fromMs }): Absence => ({
      session,
      opensAt: new Date(fromMs).toISOString(),
      reason: 'no_trade',
      confirmed: isMature(source, session, observedMs),
    })),
  );
  const young = single.some(({ confirmed }) => !confirmed);
  return { seen: [...whole.seen, ...single], doubt: whole.doubt ?? (young ? 'NotYetAvailable' : null) };
}
