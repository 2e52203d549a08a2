import type { Absence } from './absence.ts';
import {
  rangesOf,
  retell,
  spansOf,
  type AbsenceRange,
  type NewTelling,
  type Telling,
} from './absence-ranges.ts';
import { dayNumber } from './date-range.ts';
import { isFinal } from './finality.ts';
import { indexFrom, type SessionDays } from './session-days.ts';
import type { SourceName } from './source.ts';

/** Who told it of the sessions from a day on. */
export interface Teller {
  /** Days since 1970-01-01. */
  readonly from: number;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** A range of absences as it is stored, by days since 1970-01-01. */
export interface AbsenceRow extends Pick<Telling, 'reason' | 'confirmed'> {
  readonly first: number;
  readonly last: number;
  /** Oldest session first. */
  readonly tellers: readonly Teller[];
}

/** The absence of a whole session, as an answer has just told it. */
export interface ToldAbsence extends Omit<Absence, 'opensAt'> {
  /** ISO 8601. */
  readonly observedAt: string;
}

/** The same as it may have been told before. */
type KnownAbsence = Omit<ToldAbsence, 'reason'> & Pick<Telling, 'reason'>;

/** What came of one instrument: the days with a bar, since 1970-01-01, and the sessions without. */
export interface SessionAccount {
  readonly traded: Iterable<number>;
  readonly told: readonly KnownAbsence[];
}

interface Telltale {
  readonly source: SourceName;
  readonly runId: string;
  /** Sessions that reach over the rows and what came. */
  readonly calendar: SessionDays;
}

/** The rows of an instrument once an account of it has come; the same ones where it says nothing new. */
export function rowsAfter(
  before: readonly AbsenceRow[],
  { traded, told }: SessionAccount,
  by: Telltale,
): readonly AbsenceRow[] {
  const known = before.flatMap((row) => tellingsOf(row, by.calendar));
  const news = { traded: spansOf(placesOf(traded, by.calendar)), told: newTellings(told, by) };
  return rangesOf(retell(known, news)).map((range) => rowOf(range, by.calendar));
}

function tellingsOf(
  { last, reason, confirmed, tellers }: AbsenceRow,
  calendar: SessionDays,
): readonly Telling[] {
  const tellings = tellers.map(({ from, runId, observedAt }, index) => {
    const end = tellers[index + 1]?.from ?? last + 1;
    const span = { first: indexFrom(calendar, from), last: indexFrom(calendar, end) - 1 };
    return { ...span, reason, confirmed, runId, observedAt };
  });
  // A day that the calendar has learnt to be without a session is no absence.
  return tellings.filter((telling) => telling.first <= telling.last);
}

function rowOf(range: AbsenceRange, calendar: SessionDays): AbsenceRow {
  const [{ first, reason, confirmed }] = range;
  const dayAt = (place = NaN) => calendar[place] ?? NaN;
  const tellers = range.map((telling) => {
    const { runId, observedAt } = telling;
    return { from: dayAt(telling.first), runId, observedAt };
  });
  return { first: dayAt(first), last: dayAt(range.at(-1)?.last), reason, confirmed, tellers };
}

/** Where in a calendar days are, ascending; a day without a session is nowhere. */
function placesOf(days: Iterable<number>, calendar: SessionDays): readonly number[] {
  const places = Array.from(days, (day) => ({ day, place: indexFrom(calendar, day) }));
  const onCalendar = places.filter(({ day, place }) => calendar[place] === day);
  return onCalendar.map(({ place }) => place).sort((a, b) => a - b);
}

/** Of sessions running of which an answer said the same, one telling. */
function newTellings(
  told: readonly KnownAbsence[],
  { source, runId, calendar }: Telltale,
): readonly NewTelling[] {
  const tellings: NewTelling[] = [];
  const alike = Map.groupBy(told, ({ session, reason, confirmed, observedAt }) =>
    [reason, confirmed, isFinal(source, session, observedAt), observedAt].join(),
  );
  for (const absences of alike.values()) {
    const [{ session, reason, confirmed, observedAt }] = absences as [KnownAbsence];
    const at = new Date(observedAt).toISOString();
    const says = { reason, confirmed, runId, observedAt: at, final: isFinal(source, session, observedAt) };
    const days = new Set(absences.map((absence) => dayNumber(absence.session)));
    for (const span of spansOf(placesOf(days, calendar))) tellings.push({ ...span, ...says });
  }
  return tellings;
}
