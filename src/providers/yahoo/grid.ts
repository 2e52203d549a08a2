import type { Interval } from '../../domain/interval.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import type { BarOf } from './answers.ts';
import { newYork, zonedDate } from './zoned-date.ts';

/** Prices and volume of a bar; vwap and trades Yahoo does not give. */
export type Values = Omit<BarOf<'1d'>, 'session'>;

export type Misplaced = 'outside' | 'offSession';

/** Tells which bar a row is. */
export interface Grid<I extends Interval> {
  /** The bar of a row stamped with that instant, epoch milliseconds. */
  readonly bar: (instantMs: number, values: Values) => BarOf<I> | Misplaced;
  /** Names the bar within its series, and orders it. */
  readonly key: (bar: BarOf<I>) => string;
}

interface GridSpace {
  readonly range: DateRange;
  readonly timeZone: string;
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
}

/** By interval. Days of other time zones than New York have no calendar here, and count as they come. */
export const grids: { readonly [I in Interval]: (space: GridSpace) => Grid<I> } = {
  '1d'({ range, timeZone, sessionsBetween }) {
    const sessions =
      timeZone === newYork ? new Set(sessionsBetween(range).map(({ session }) => session)) : null;
    return {
      bar(instantMs, values) {
        const session = zonedDate(instantMs, timeZone);
        if (!isWithin(range, session)) return 'outside';
        return (sessions?.has(session) ?? true) ? { session, ...values } : 'offSession';
      },
      key: ({ session }) => session,
    };
  },

  '1h'({ range, timeZone, sessionsBetween }) {
    if (timeZone !== newYork) throw new MalformedResponse('hours of another market than New York');
    const hours = new Map(sessionsBetween(range).flatMap(hoursOf));
    return {
      bar(instantMs, values) {
        const hour = hours.get(instantMs);
        if (hour !== undefined) return { ...hour, ...values };
        return isWithin(range, zonedDate(instantMs, timeZone)) ? 'offSession' : 'outside';
      },
      key: ({ opensAt }) => opensAt,
    };
  },
};

function isWithin({ from, to }: DateRange, session: SessionDate): boolean {
  return session >= from && session <= to;
}

const hourMs = 3_600_000;

/** The hours of a session by the instant they begin: from the open on, the last one as long as is left to the close. */
function hoursOf({ session, opensAt, closesAt }: Session) {
  const [open, close] = [Date.parse(opensAt), Date.parse(closesAt)];
  return Array.from({ length: Math.ceil((close - open) / hourMs) }, (_, hour) => {
    const begin = open + hour * hourMs;
    return [begin, { session, opensAt: new Date(begin).toISOString() }] as const;
  });
}
