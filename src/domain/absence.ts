import { dateOfDayNumber, dayNumber } from './date-range.ts';
import { exchangeDay } from './exchange-time.ts';
import { finalFrom } from './finality.ts';
import type { SessionDate } from './session.ts';
import {
  isSteady,
  longestSilence,
  nothingKnown,
  silentAmidTrading,
  type KnownDays,
  type Trading,
} from './silence.ts';
import type { SourceName } from './source.ts';

/** Withdrawn: there was a bar that the source has no more. Rejected: a person has said that what the source has is none. */
export type AbsenceReason = 'not_listed' | 'no_trade' | 'withdrawn' | 'rejected';

export interface Absence {
  readonly session: SessionDate;
  /** When the missing bar would begin, ISO 8601; absent: the whole session lacks. */
  readonly opensAt?: string;
  readonly reason: AbsenceReason;
  /** False: seen in a whole answer, but not to be believed yet; a second one on a later day confirms it. */
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
  /** Before this day, since 1970-01-01, the ticker was another company's; absent: that is not known. */
  readonly ownedFrom?: number;
  /** What the store has around; absent: nothing. */
  readonly known?: KnownDays;
  /** The answer has as many rows as a limit lets through: it may end before its time. */
  readonly isCut?: boolean;
}

/** Why what was seen to be absent is not believed, the gravest in front. */
export type Doubt =
  'AnswerCut' | 'EmptyAnswer' | 'HistoryTruncated' | 'SilenceDoubted' | 'ListingUnknown' | 'NotYetAvailable';

const gravestFirst: readonly Doubt[] = [
  'AnswerCut',
  'EmptyAnswer',
  'HistoryTruncated',
  'SilenceDoubted',
  'ListingUnknown',
  'NotYetAvailable',
];

/** The gravest of doubts; null where there is none. */
export function gravest(doubts: Iterable<Doubt | null>): Doubt | null {
  const all = new Set(doubts);
  return gravestFirst.find((doubt) => all.has(doubt)) ?? null;
}

/** What was seen to be absent, and why what is not confirmed stays due. */
export interface Absences {
  readonly seen: readonly Absence[];
  readonly doubt: Doubt | null;
  /** Silent days that another question may bring: their bars have long been final. */
  readonly askAgain: readonly number[];
  /** Whether the listing date would explain what is silent. */
  readonly needsListing: boolean;
}

const dayMs = 86_400_000;

/** True when one whole answer is enough: the source's bar of the session has been final for more than a day. */
export function isMature(source: SourceName, session: SessionDate, observedMs: number): boolean {
  return finalFrom(source, session) + dayMs <= observedMs;
}

/** True when a silence that was seen (epoch milliseconds) on an earlier day, New York, is seen again in a final answer. */
export function isSecondSight(
  { source, observedMs }: Pick<SeriesEvidence, 'source' | 'observedMs'>,
  session: SessionDate,
  seenMs: number | undefined,
): boolean {
  if (seenMs === undefined || finalFrom(source, session) > observedMs) return false;
  return exchangeDay(seenMs) < exchangeDay(observedMs);
}

/** True when the answer has a bar where an earlier one should have had it: what else that one lacked proves nothing. */
function isRefuted({ source, answered }: SeriesEvidence, { suspected }: KnownDays): boolean {
  const wasFinal = ([day, seenMs]: [number, number]) => finalFrom(source, dateOfDayNumber(day)) <= seenMs;
  return suspected.entries().some(([day, seenMs]) => answered.has(day) && wasFinal([day, seenMs]));
}

/**
 * Tells absences from gaps. Outside of the listing there is nothing to doubt. Within it silence is believed at once only
 * of an instrument that does not trade every day; else, and where the listing date is not known, once it was seen on two
 * days. Silence from the listing on, or beside the end of a cut answer, is not even noted.
 */
export function judgeAbsences(evidence: SeriesEvidence): Absences {
  const { source, observedMs, known = nothingKnown } = evidence;
  const missing = missingDays(evidence, known);
  const whyNot = doubtsOf(evidence, missing, known);
  const refuted = isRefuted(evidence, known);
  const seen: Absence[] = [];
  const doubts = new Set<Doubt | null>();
  const askAgain: number[] = [];
  for (const { day, reason } of missing) {
    const session = dateOfDayNumber(day);
    const mature = isMature(source, session, observedMs);
    const doubt = whyNot(day);
    const unheard = doubt !== null && neverNoted.has(doubt);
    const again = isSecondSight({ source, observedMs }, session, known.suspected.get(day));
    const confirmed = (again && !unheard && !refuted) || (mature && doubt === null);
    if (!unheard) seen.push({ session, reason, confirmed });
    if (!confirmed) doubts.add(mature || unheard ? doubt : 'NotYetAvailable');
    if (!confirmed && mature && doubt !== 'ListingUnknown') askAgain.push(day);
  }
  return { seen, doubt: gravest(doubts), askAgain, needsListing: doubts.has('ListingUnknown') };
}

/** Doubts that no second answer of the same kind takes away. */
const neverNoted: ReadonlySet<Doubt> = new Set(['AnswerCut', 'EmptyAnswer', 'HistoryTruncated']);

interface Missing {
  readonly day: number;
  readonly reason: AbsenceReason;
  /** By the reference, not by silence. */
  readonly outside: boolean;
  readonly isLeading: boolean;
}

/** The sessions without a bar, of the answer or stored, that nobody has accounted for. */
function missingDays(
  { sessions, answered, listedOn, delistedOn, ownedFrom = -Infinity }: SeriesEvidence,
  known: KnownDays,
): readonly Missing[] {
  const listedFrom = Math.max(ownedFrom, listedOn === null ? -Infinity : dayNumber(listedOn));
  const lastListed = delistedOn === null ? Infinity : dayNumber(delistedOn);
  const firstTraded = Math.min(leastOf(answered), leastOf(known.traded));
  const accounted = (day: number) =>
    answered.has(day) || known.traded.has(day) || known.quiet.has(day) || known.unlisted.has(day);
  return Array.from(sessions)
    .filter((day) => !accounted(day))
    .map((day) => {
      const outside = day < listedFrom || day > lastListed;
      const isLeading = day < firstTraded;
      const isUnlisted = outside || (isLeading && listedOn === null);
      return { day, outside, isLeading, reason: isUnlisted ? 'not_listed' : 'no_trade' };
    });
}

/** Why each of the missing days is not to be believed at first sight; null: nothing speaks against it. */
function doubtsOf(
  { source, answered, listedOn, observedMs, isCut = false }: SeriesEvidence,
  missing: readonly Missing[],
  known: KnownDays,
): (day: number) => Doubt | null {
  const inside = missing.filter(({ outside }) => !outside);
  const mature = inside.filter(({ day }) => isMature(source, dateOfDayNumber(day), observedMs));
  const leading = new Set(mature.filter(({ isLeading }) => isLeading).map(({ day }) => day));
  const isLapse = listedOn !== null && leading.size > longestSilence;
  const silent = inside.filter(({ reason }) => reason === 'no_trade').map(({ day }) => day);
  const steady = silentAmidTrading({ silent, answered }, known);
  const isInside = new Set(inside.map(({ day }) => day));
  const [first, last] = [leastOf(answered), greatestOf(answered)];
  const nothingCame = answered.size === 0 && known.traded.size === 0;
  const nothingToTell = nothingCame && known.quiet.size === 0;
  return (day) => {
    if (!isInside.has(day)) return null;
    if (isCut && (day < first || day > last)) return 'AnswerCut';
    if (isLapse && leading.has(day)) return nothingCame ? 'EmptyAnswer' : 'HistoryTruncated';
    if (leading.has(day) && listedOn === null) return 'ListingUnknown';
    return steady.has(day) || nothingToTell ? 'SilenceDoubted' : null;
  };
}

function leastOf(days: ReadonlySet<number>): number {
  return days.values().reduce((least, day) => Math.min(least, day), Infinity);
}

function greatestOf(days: ReadonlySet<number>): number {
  return days.values().reduce((greatest, day) => Math.max(greatest, day), -Infinity);
}

/** What a whole-market answer can say of one symbol that it lacks. */
interface MarketDayEvidence {
  readonly source: SourceName;
  readonly session: SessionDate;
  readonly observedMs: number;
  readonly listedOn: SessionDate | null;
  readonly delistedOn: SessionDate | null;
  /** Before this day, since 1970-01-01, an earlier company bore the ticker; null: none is known. */
  readonly ownedFrom: number | null;
  /** Of the sessions around, those with a bar, and those that are known with or without one. */
  readonly around: Trading;
  /** When it was seen to lack before without being believed, epoch milliseconds; null: never. */
  readonly suspectedMs: number | null;
}

/** The absence of a symbol from a whole-market answer that is itself whole; of what trades every day it is doubted. */
export function marketDayAbsence(evidence: MarketDayEvidence): Absence {
  const { source, session, observedMs, listedOn, delistedOn, ownedFrom, around, suspectedMs } = evidence;
  const unlisted =
    (listedOn !== null && session < listedOn) ||
    (delistedOn !== null && session > delistedOn) ||
    (ownedFrom !== null && dayNumber(session) < ownedFrom);
  const believed = unlisted || !isSteady(around);
  const again = isSecondSight({ source, observedMs }, session, suspectedMs ?? undefined);
  return {
    session,
    reason: unlisted ? 'not_listed' : 'no_trade',
    confirmed: again || (believed && isMature(source, session, observedMs)),
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
