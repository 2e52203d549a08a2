import { dateOfDayNumber, dayNumber } from './date-range.ts';
import { finalFrom } from './finality.ts';
import type { SessionDate } from './session.ts';
import type { SourceName } from './source.ts';

export type AbsenceReason = 'not_listed' | 'no_trade';

export interface Absence {
  readonly session: SessionDate;
  /** When the missing bar would begin, ISO 8601; absent: the whole session lacks. */
  readonly opensAt?: string;
  readonly reason: AbsenceReason;
  /** False: seen in a whole answer, but too early to be believed; a second one on a later day confirms it. */
  readonly confirmed: boolean;
}

/** What a complete per-symbol answer says, against what the reference says of the instrument. */
export interface SeriesEvidence {
  readonly source: SourceName;
  /** The sessions asked for, oldest first, as days since 1970-01-01. */
  readonly sessions: Int32Array;
  /** The days that the answer has a bar for, or two that disagree. */
  readonly answered: ReadonlySet<number>;
  /** Epoch milliseconds, the answer's own time. */
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
}

/** What was seen to be absent, and why what is not confirmed stays due. */
export interface Absences {
  readonly seen: readonly Absence[];
  readonly doubt: 'NotYetAvailable' | 'HistoryTruncated' | 'EmptyAnswer' | null;
}

const dayMs = 86_400_000;

/** True when one whole answer is enough: the source's bar of the session has been final for more than a day. */
export function isMature(source: SourceName, session: SessionDate, observedMs: number): boolean {
  return finalFrom(source, session) + dayMs <= observedMs;
}

/** A listed instrument without a trade in more sessions running than this is a provider's lapse, not a fact. */
const longestSilence = 5;

/**
 * Tells absences from gaps. A session final for more than a day is believed absent after one whole answer; a younger
 * one stays due. Before the first bar an instrument was not listed, unless the reference says that it was.
 */
export function judgeAbsences(evidence: SeriesEvidence): Absences {
  const { source, sessions, answered, observedMs } = evidence;
  const first = sessions.find((day) => answered.has(day)) ?? Infinity;
  const listedFrom = evidence.listedOn === null ? Infinity : dayNumber(evidence.listedOn);
  const delistedFrom = evidence.delistedOn === null ? Infinity : dayNumber(evidence.delistedOn);
  const listed = (day: number) => day >= listedFrom && day < delistedFrom;
  const missing = Array.from(sessions.filter((day) => !answered.has(day)));
  const mature = (day: number) => isMature(source, dateOfDayNumber(day), observedMs);
  const silent = missing.filter((day) => day < first && listed(day) && mature(day));
  const disbelieved = new Set(silent.length > longestSilence ? silent : []);
  const seen = missing.filter((day) => !disbelieved.has(day)).map(absence);
  const young = seen.some(({ confirmed }) => !confirmed);
  const lapse = first === Infinity ? 'EmptyAnswer' : 'HistoryTruncated';
  return { seen, doubt: disbelieved.size > 0 ? lapse : young ? 'NotYetAvailable' : null };

  function absence(day: number): Absence {
    const unlisted = day >= delistedFrom || (day < first && !listed(day));
    const reason = unlisted ? 'not_listed' : 'no_trade';
    return { session: dateOfDayNumber(day), reason, confirmed: mature(day) };
  }
}

/** What a whole-market answer can say of one symbol that it lacks. */
interface MarketDayEvidence {
  readonly source: SourceName;
  readonly session: SessionDate;
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
}

/** The absence of a symbol from a whole-market answer that is itself whole. */
export function marketDayAbsence(evidence: MarketDayEvidence): Absence {
  const { source, session, observedMs, listedOn, delistedOn } = evidence;
  const unlisted =
    (listedOn !== null && session < listedOn) || (delistedOn !== null && session >= delistedOn);
  return {
    session,
    reason: unlisted ? 'not_listed' : 'no_trade',
    confirmed: isMature(source, session, observedMs),
  };
}

/** The share of the usual row count that a whole-market answer needs to be taken for whole. */
const wholeShare = 0.99;

/** True when a whole-market answer has about as many rows as usual, and the symbols that trade every day among them. */
export function isWholeMarket(answer: {
  readonly rowCount: number;
  /** Null when there are too few days to compare with. */
  readonly usualRowCount: number | null;
  /** Whether it has the symbols that this market lists and that trade every day. */
  readonly witnessed: boolean;
}): boolean {
  const { rowCount, usualRowCount, witnessed } = answer;
  return witnessed && usualRowCount !== null && rowCount >= wholeShare * usualRowCount;
}
