import type { Interval } from './interval.ts';
import type { SessionDate } from './session.ts';

/** When a source's bars of a session stop moving: so many minutes after midnight, New York, so many days later. */
export interface FinalityRule {
  readonly calendarDaysAfter: number;
  readonly atMinute: number;
}

/** Bars of one interval that a source has. */
export interface SourceInterval {
  /** The source keeps them for so many calendar days; null: for good. */
  readonly keptDays: number | null;
  /** How far back the first load of a symbol goes by itself, calendar days; null: a backfill brings its history. */
  readonly firstLoadDays: number | null;
}

/** What all others have to know of a source of bars: what it is good for, and what its numbers mean. */
export interface SourceDeclaration {
  /** Whose bars are loaded where no symbols are named: all that the source lists, or what a person watches. */
  readonly universe: 'listed' | 'watched';
  /** Numbers are what the source says, or 32 bits of it: those are the same up to their last bit. */
  readonly numbers: 'exact' | 'float32';
  /** What it calls an instrument on a past day: by the ticker of that day, or by that of today. */
  readonly tickers: 'of_the_day' | 'of_today';
  /** Prices as they were traded, or adjusted by the source for every split up to the moment of the request. */
  readonly prices: 'as_traded' | 'split_adjusted';
  /** The first bar of an answer may lack its volume, which another range has. */
  readonly firstVolumeMayLack: boolean;
  readonly finality: FinalityRule;
  /** Who is believed first where several tell of the same; 1 before 2. */
  readonly rank: number;
  readonly intervals: Readonly<Partial<Record<Interval, SourceInterval>>>;
  /** Its bars are all of the exchange's sessions; else a symbol's are of the market that it is traded on. */
  readonly oneCalendar: boolean;
  /** One request can bring a session of the whole market. */
  readonly wholeMarket: boolean;
  /** It lists the instruments there are. */
  readonly reference: boolean;
  /** It tells who was listed on a past day, from this one on; null: it does not. */
  readonly pastListsFrom: SessionDate | null;
  /** It lists the splits and dividends of the whole market; else they come along with bars. */
  readonly marketActions: boolean;
  /** It has statements and key statistics of companies. */
  readonly fundamentals: boolean;
  /** On the live market it answers only who has a key. */
  readonly needsKey: boolean;
}

const declared = {
  polygon: {
    universe: 'listed',
    numbers: 'exact',
    tickers: 'of_the_day',
    prices: 'as_traded',
    firstVolumeMayLack: false,
    // Its own mark for a complete day.
    finality: { calendarDaysAfter: 1, atMinute: 11 * 60 + 30 },
    rank: 1,
    intervals: { '1d': { keptDays: null, firstLoadDays: null } },
    oneCalendar: true,
    wholeMarket: true,
    reference: true,
    pastListsFrom: '2003-09-10',
    marketActions: true,
    fundamentals: false,
    needsKey: true,
  },
  yahoo: {
    universe: 'watched',
    numbers: 'float32',
    tickers: 'of_today',
    prices: 'split_adjusted',
    firstVolumeMayLack: true,
    // Its last rows are live, and the last hour of a day may come late: the next morning's answer is final.
    finality: { calendarDaysAfter: 1, atMinute: 9 * 60 + 30 },
    rank: 2,
    intervals: {
      '1d': { keptDays: null, firstLoadDays: 731 },
      '1h': { keptDays: 728, firstLoadDays: 728 },
    },
    oneCalendar: false,
    wholeMarket: false,
    reference: false,
    pastListsFrom: null,
    marketActions: false,
    fundamentals: true,
    needsKey: false,
  },
} as const satisfies Readonly<Record<string, SourceDeclaration>>;

export type SourceName = keyof typeof declared;

export const sources: Readonly<Record<SourceName, SourceDeclaration>> = declared;

/** Every source, the one that is believed first in front. */
export const sourceNames: readonly SourceName[] = (Object.keys(declared) as SourceName[]).sort(
  (one, other) => declared[one].rank - declared[other].rank,
);

/** Whose bars of an interval are meant where nobody names a source. */
export const usualSource: Readonly<Record<Interval, SourceName>> = { '1d': 'polygon', '1h': 'yahoo' };

/** The sources of which something holds, the one that is believed first in front. */
export function sourcesWith(holds: (source: SourceDeclaration) => boolean): readonly SourceName[] {
  return sourceNames.filter((name) => holds(sources[name]));
}

/** One of something for each source. */
export function bySource<T>(make: (source: SourceName) => T): Readonly<Record<SourceName, T>> {
  return Object.fromEntries(sourceNames.map((name) => [name, make(name)])) as Record<SourceName, T>;
}
