import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { spansOf } from '../domain/absence-ranges.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { AsOf } from '../store/as-of.ts';
import type { ManySeries } from '../store/bar-layout.ts';
import type { Database } from '../store/database.ts';
import { unknownSessions } from '../store/unknown-sessions.ts';
import { note } from './output.ts';

/** Sessions of which neither a bar nor the lack of one was known, as ranges of sessions that follow each other. */
export type NotKnown = readonly DateRange[];

/** The sessions of a range that had closed by an instant, of which nothing was known then; by instrument. */
export function notKnown(
  db: Database,
  series: ManySeries,
  wish: KnownWish,
): Promise<ReadonlyMap<number, NotKnown>> {
  return notKnownOfAny(db, [series], wish);
}

/** The same of several series of each instrument: of which none of them knew anything. */
export async function notKnownOfAny(
  db: Database,
  [first, ...others]: readonly [ManySeries, ...(readonly ManySeries[])],
  { range, asOf }: KnownWish,
): Promise<ReadonlyMap<number, NotKnown>> {
  const closed = sessionsBetween(range).filter(({ closesAt }) => Date.parse(closesAt) <= Date.parse(asOf));
  const sessions = closed.map(({ session }) => session);
  const unknown = await unknownSessions(db, first, { sessions, asOf });
  const also: ReadonlyMap<number, ReadonlySet<SessionDate>>[] = [];
  for (const series of others) also.push(await unknownSessions(db, series, { sessions, asOf }));
  return new Map(
    unknown.entries().map(([id, among]) => {
      const ofAll = also.reduce(
        (left, one) => new Set([...left].filter((session) => one.get(id)?.has(session) === true)),
        among,
      );
      return [id, rangesOf(sessions, ofAll)];
    }),
  );
}

interface KnownWish {
  readonly range: DateRange;
  readonly asOf: AsOf;
}

function rangesOf(sessions: readonly SessionDate[], among: ReadonlySet<SessionDate>): NotKnown {
  const places = sessions.flatMap((session, place) => (among.has(session) ? place : []));
  return spansOf(places).map(({ first, last }) => ({
    from: sessions[first] ?? '',
    to: sessions[last] ?? '',
  }));
}

/** Says of what nothing was known, where there is such. */
export function sayNotKnown(ranges: NotKnown): void {
  const [first] = ranges;
  if (first === undefined) return;
  const more = ranges.length > 1 ? ` and ${ranges.length - 1} more ranges` : '';
  note(`nothing was known then of the sessions from ${first.from} to ${first.to}${more}`);
}
