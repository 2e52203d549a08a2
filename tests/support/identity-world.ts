import { addDays, dateOfDayNumber, dayNumber, type DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import type { Gone, ListedBearer } from '../../src/identity/listed-bearer.ts';
import type { BorderEvidence } from '../../src/identity/border.ts';
import type { ListSize } from '../../src/identity/believed-lists.ts';
import type { Listed } from '../../src/identity/spells.ts';

/** The truth of one company under one ticker; over the counter no list has it. */
export interface TrueTenure {
  readonly company: string;
  readonly ticker: string;
  readonly from: SessionDate;
  /** Null: to this day. */
  readonly to: SessionDate | null;
  readonly isOtc?: boolean;
}

export interface World {
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly tenures: readonly TrueTenure[];
  readonly companies: ReadonlyMap<string, Omit<ListedBearer, 'ticker'>>;
  /** Days that events are told too late, by company. */
  readonly eventsOff: ReadonlyMap<string, number>;
  /** The day whose list has a third less. */
  readonly shortList: SessionDate | null;
  /** True where a list lacks a ticker that it should have. */
  readonly lacks: (date: SessionDate, ticker: string) => boolean;
}

export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const weekdays = Array.from({ length: 16_000 }, (_, day) => day + dayNumber('1990-01-01'))
  .filter((day) => ![0, 6].includes(new Date(day * 86_400_000).getUTCDay()))
  .map(dateOfDayNumber);

/** Weekdays, from 1990 on. */
export function sessionsOf({ from, to }: DateRange): readonly SessionDate[] {
  const at = (date: SessionDate) => {
    let [low, high] = [0, weekdays.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((weekdays[middle] ?? '') < date) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return weekdays.slice(at(from), at(addDays(to, 1)));
}

export const bornOn = ({ from, to }: TrueTenure, date: SessionDate) =>
  from <= date && (to === null || date <= to);

/** The last session of each month, and the last day of all. */
export function listDatesOf({ from, to }: World): readonly SessionDate[] {
  const sessions = sessionsOf({ from, to });
  return sessions.filter((date, at) => date.slice(0, 7) !== (sessions[at + 1] ?? '').slice(0, 7));
}

function bearerIn(world: World, { company, ticker }: TrueTenure): ListedBearer {
  const known = world.companies.get(company);
  if (known === undefined) throw new Error(`no company ${company}`);
  return { ...known, ticker };
}

/** What the lists of a world show. */
export function listsOf(world: World): {
  readonly listed: readonly Listed[];
  readonly lists: readonly ListSize[];
} {
  const seen = new Map<TrueTenure, SessionDate[]>();
  const lists = listDatesOf(world).map((date): ListSize => {
    const there = world.tenures.filter((tenure, at) => {
      if (tenure.isOtc === true || !bornOn(tenure, date) || world.lacks(date, tenure.ticker)) return false;
      return date !== world.shortList || at % 3 !== 0;
    });
    for (const tenure of there) seen.set(tenure, [...(seen.get(tenure) ?? []), date]);
    return { date, tickers: there.length };
  });
  return {
    lists,
    listed: [...seen].map(([tenure, dates]) => ({ bearer: bearerIn(world, tenure), dates })),
  };
}

export function goneOf(world: World): readonly Gone[] {
  return world.tenures.flatMap((tenure) =>
    tenure.to === null || tenure.isOtc === true
      ? []
      : [{ bearer: bearerIn(world, tenure), lastDay: tenure.to }],
  );
}

/** What can be asked in a world, and how often it was. */
export function evidenceOf(world: World): BorderEvidence & { readonly asked: { requests: number } } {
  const asked = { requests: 0 };
  const counted = <Value>(value: Value) => {
    asked.requests += 1;
    return Promise.resolve(value);
  };
  return {
    asked,
    sessions: sessionsOf,
    settled: () => null,
    bars: (ticker, range) =>
      counted(
        sessionsOf(range).filter((date) =>
          world.tenures.some((one) => one.ticker === ticker && bornOn(one, date)),
        ),
      ),
    bearer(ticker, date) {
      const found = world.tenures.find(
        (one) => one.ticker === ticker && one.isOtc !== true && bornOn(one, date),
      );
      return counted(found === undefined ? null : bearerIn(world, found));
    },
    told(figi, ticker) {
      const tenure = world.tenures.find(
        (one) => one.ticker === ticker && world.companies.get(one.company)?.figi === figi,
      );
      const off = world.eventsOff.get(tenure?.company ?? '') ?? 0;
      return counted(tenure === undefined ? null : addDays(tenure.from, off));
    },
  };
}
