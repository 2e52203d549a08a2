import { knownSessionDays, sessionDaysBetween, sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { judgeAbsences, type Absences } from '../../domain/absence.ts';
import { barsOf, filterBars, type BarColumns } from '../../domain/bar-columns.ts';
import { addDays, dayNumber } from '../../domain/date-range.ts';
import { changeOfBearer, hasLongPause, ownDays } from '../../domain/foreign-bars.ts';
import { isIntraday } from '../../domain/interval.ts';
import { judgeIntraday } from '../../domain/intraday-absence.ts';
import { lapsedDays } from '../../domain/lapsed-days.ts';
import { nothingKnown, type KnownDays } from '../../domain/silence.ts';
import type { RejectedRecord } from '../../domain/rejected-record.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import type { SeriesAnswer } from '../../providers/provider.ts';
import { mayCount, splitRecords } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import { knownParts, knownSessions } from '../../store/known-sessions.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { daysOf, isAnyTime, opensWith } from './rejected-rows.ts';

/** A per-symbol answer, and what its rows and its silence mean for the instrument. */
export interface WeighedAnswer {
  /** With the bars that are the instrument's own alone. */
  readonly answer: SeriesAnswer;
  readonly absences: Absences;
  /** Days of stored bars of whole sessions that the answer lacks. */
  readonly lapsed: readonly number[];
  /** Rows on days without a session of this calendar, where the symbol may be of another market. */
  readonly offCalendar: number;
  /** Bars on days on which the instrument was not listed. */
  readonly foreign: BarColumns;
}

/** Calendar days on either side of what was asked for whose sessions tell how often the instrument trades. */
const daysAround = 45;

/** Tells the instrument's own bars from those of another bearer of its ticker, and absences from gaps. */
export async function weighAnswer(
  db: Database,
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  answer: SeriesAnswer,
): Promise<WeighedAnswer> {
  const sessions = sessionDaysBetween(asked.range);
  const onCalendar = new Set(sessions);
  const bars = filterBars(answer.bars, (row) => onCalendar.has(answer.bars.day[row] ?? NaN));
  const known = isWhole(sessions, bars) ? nothingKnown : await knownAround(db, source, asked);
  const ownedFrom = await firstDayOfBearer(db, { asked, answer, bars }, known);
  const { firstDay, lastDay } = ownDays({ ...asked, ownedFrom });
  const isOwn = (row: number) => within(bars.day[row], firstDay, lastDay);
  const strays = sources[source].oneCalendar ? strayRows(answer, onCalendar) : [];
  const own = { ...answer, bars: filterBars(bars, isOwn), rejected: [...answer.rejected, ...strays] };
  const listing = { ownedFrom: ownedFrom ?? -Infinity, known };
  return {
    answer: own,
    ...(isIntraday(asked.interval)
      ? { absences: await absentParts(db, { source, asked }, own, listing), lapsed: [] }
      : absentSessions({ source, asked }, own, { ...listing, sessions })),
    offCalendar: answer.bars.length - bars.length - strays.length,
    foreign: filterBars(bars, (row) => !isOwn(row)),
  };
}

/** Bars of days on which there was no session. */
function strayRows(
  { symbol, bars }: SeriesAnswer,
  onCalendar: ReadonlySet<number>,
): readonly RejectedRecord[] {
  const strays = filterBars(bars, (row) => !onCalendar.has(bars.day[row] ?? NaN));
  const wrong = 'there was no session that day';
  return barsOf(strays).map((bar) => {
    return { symbol, session: bar.session, field: '', wrong, record: bar, bar, isOffSession: true };
  });
}

function within(day = NaN, first: number, last: number): boolean {
  return day >= first && day <= last;
}

/** True where every session has a bar, and nothing in between needs to be explained. */
function isWhole(sessions: Int32Array, bars: BarColumns): boolean {
  return bars.opensAtMs === null && bars.length === sessions.length && !hasLongPause(bars);
}

function knownAround(
  db: Database,
  source: SourceName,
  { instrumentId, interval, range }: SeriesRequest,
): Promise<KnownDays> {
  const around = { from: addDays(range.from, -daysAround), to: addDays(range.to, daysAround) };
  return knownSessions(db, { instrumentId, source, interval, range: around }, knownSessionDays(around));
}

/** The first day that can be the instrument's; where its listing is not known, prices after a long pause tell. */
async function firstDayOfBearer(
  db: Database,
  {
    asked,
    answer,
    bars,
  }: { readonly asked: SeriesRequest; readonly answer: SeriesAnswer; readonly bars: BarColumns },
  known: KnownDays,
): Promise<number | null> {
  const { instrumentId, listedOn, ownedFrom } = asked;
  const { firstDay, lastDay } = ownDays(asked);
  const candidates = filterBars(bars, (row) => within(bars.day[row], firstDay, lastDay));
  if (listedOn !== null || !hasLongPause(candidates)) return ownedFrom;
  // What a source has adjusted itself has no splits left in it.
  const splits =
    answer.splitBasis === undefined ? (await splitRecords(db, instrumentId)).filter(mayCount) : [];
  const change = changeOfBearer(candidates, known.traded, splits);
  return change === null ? ownedFrom : Math.max(firstDay, change.lastBefore + 1);
}

/** Of an answer of which a row may be of any time: what lacks may be that row. */
const nothingSeen: Absences = { seen: [], doubt: null, askAgain: [], needsListing: false };

interface OwnListing {
  /** Minus infinity where it is not known. */
  readonly ownedFrom: number;
  readonly known: KnownDays;
}

function absentSessions(
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  { bars, conflicts, rejected, observedAt, isCut = false }: SeriesAnswer,
  { sessions, ...listing }: OwnListing & { readonly sessions: Int32Array },
): Pick<WeighedAnswer, 'absences' | 'lapsed'> {
  if (isAnyTime(rejected)) return { absences: nothingSeen, lapsed: [] };
  const { listedOn, delistedOn } = asked;
  const answered = new Set([...bars.day, ...daysOf(rejected)]);
  for (const { session } of conflicts) answered.add(dayNumber(session));
  const observedMs = Date.parse(observedAt);
  const evidence = { source, sessions, answered, observedMs, listedOn, delistedOn, isCut, ...listing };
  return { absences: judgeAbsences(evidence), lapsed: lapsedDays(evidence, listing.known.traded) };
}

async function absentParts(
  db: Database,
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  { bars, rejected, observedAt }: SeriesAnswer,
  listing: OwnListing,
): Promise<Absences> {
  if (isAnyTime(rejected)) return nothingSeen;
  const { interval, range, listedOn, delistedOn } = asked;
  return judgeIntraday({
    ...{ source, interval, listedOn, delistedOn },
    ...listing,
    sessions: sessionsBetween(range),
    answered: opensWith(bars.opensAtMs ?? new Float64Array(), rejected),
    observedMs: Date.parse(observedAt),
    knownParts: await knownParts(db, { ...asked, source }),
  });
}
