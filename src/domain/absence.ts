import { finalFrom } from './finality.ts';
import type { SessionDate } from './session.ts';

export type AbsenceReason = 'not_listed' | 'no_trade';

export interface Absence {
  readonly session: SessionDate;
  readonly reason: AbsenceReason;
}

/** What a complete per-symbol answer says, against what the reference says of the instrument. */
export interface SeriesEvidence {
  readonly source: string;
  /** The sessions asked for, oldest first. */
  readonly sessions: readonly SessionDate[];
  /** Those the answer has a bar for, or two that disagree. */
  readonly answered: ReadonlySet<SessionDate>;
  /** Epoch milliseconds, the answer's own time. */
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
}

/** What can be believed, and why the rest cannot: those sessions stay due. */
export interface Absences {
  readonly believed: readonly Absence[];
  readonly doubt: 'NotYetAvailable' | 'HistoryTruncated' | 'EmptyAnswer' | null;
}

const dayMs = 86_400_000;
/** A listed instrument without a trade in more sessions running than this is a provider's lapse, not a fact. */
const longestSilence = 5;

/**
 * Tells absences from gaps. A session final for more than a day is believed absent after one whole answer; a younger
 * one stays due. Before the first bar an instrument was not listed, unless the reference says that it was.
 */
export function judgeAbsences(evidence: SeriesEvidence): Absences {
  const { sessions, answered, listedOn, delistedOn } = evidence;
  const missing = sessions.filter((session) => !answered.has(session));
  const mature = missing.filter(
    (session) => finalFrom(evidence.source, session) + dayMs <= evidence.observedMs,
  );
  const listed = (session: SessionDate) =>
    listedOn !== null && session >= listedOn && (delistedOn === null || session < delistedOn);
  const first = sessions.find((session) => answered.has(session));
  const leading = mature.filter((session) => first === undefined || session < first);
  const silent = leading.filter(listed);
  const disbelieved = new Set(silent.length > longestSilence ? silent : []);
  const young = missing.length > mature.length;
  return {
    believed: mature.filter((session) => !disbelieved.has(session)).map(absence),
    doubt:
      disbelieved.size > 0
        ? first === undefined
          ? 'EmptyAnswer'
          : 'HistoryTruncated'
        : young
          ? 'NotYetAvailable'
          : null,
  };

  function absence(session: SessionDate): Absence {
    const outside = delistedOn !== null && session >= delistedOn;
    const unlisted = outside || ((first === undefined || session < first) && !listed(session));
    return { session, reason: unlisted ? 'not_listed' : 'no_trade' };
  }
}
