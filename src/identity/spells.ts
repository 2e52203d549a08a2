import type { SessionDate } from '../domain/session.ts';
import { believedLists, type ListSize } from './believed-lists.ts';
import { issueKey, mergedBearer, sameBearer, type Gone, type ListedBearer } from './listed-bearer.ts';

/** What is said of a ticker, and on the lists of which days. */
export interface Listed {
  readonly bearer: ListedBearer;
  readonly dates: readonly SessionDate[];
}

/** One instrument under one ticker, as far as lists show it. */
export interface Spell {
  readonly ticker: string;
  /** All that the lists say of it together. */
  readonly bearer: ListedBearer;
  /** The first and the last list that has it; of what is on none its last day. A short list may lack it before the first. */
  readonly first: SessionDate;
  readonly last: SessionDate;
  /** The last list before it on which the ticker is nobody's or another's; null: none is that old. */
  readonly after: SessionDate | null;
  /** The first list after it on which the ticker is nobody's or another's; null: it still bears it. */
  readonly before: SessionDate | null;
  /** The one before under this ticker may be the same: nothing says that it is another. */
  readonly isUnclear: boolean;
}

interface Sighting {
  readonly date: SessionDate;
  readonly bearer: ListedBearer;
}

/** A spell while it is gathered. */
interface Segment {
  readonly bearer: ListedBearer;
  readonly first: SessionDate;
  readonly last: SessionDate;
  readonly isUnclear: boolean;
}

/**
 * Who bore which ticker, from lists of several days and what is told of last days: by ticker, then by date. A list that
 * lacks a ticker between two that have it says nothing, and a short list nothing of what it lacks.
 */
export function spellsOf(
  listed: readonly Listed[],
  lists: readonly ListSize[],
  gone: readonly Gone[] = [],
): readonly Spell[] {
  const believed = believedLists(lists);
  const oldest = lists.reduce<SessionDate | null>((a, { date }) => (a === null || date < a ? date : a), null);
  const told = { isUnchanged: unchangedBetween(listed), isElsewhere: elsewhereBetween(listed, lists) };
  const byTicker = Map.groupBy(listed, ({ bearer }) => bearer.ticker);
  for (const [ticker, own] of Map.groupBy(gone, ({ bearer }) => bearer.ticker)) {
    const known = byTicker.get(ticker) ?? [];
    const unlisted = unlistedOf(own, known, believed);
    if (unlisted.length > 0) byTicker.set(ticker, [...known, ...unlisted]);
  }
  return [...byTicker]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([ticker, own]) => windowed(ticker, segmentsOf(sightingsOf(own), told), believed, oldest));
}

/** Who came and went between two lists: on none of them, and no other name for who is on one. */
function unlistedOf(
  gone: readonly Gone[],
  known: readonly Listed[],
  believed: readonly SessionDate[],
): readonly Listed[] {
  const [first = '', last = ''] = [believed[0], believed.at(-1)];
  return gone
    .filter(({ lastDay }) => lastDay > first && lastDay < last && !believed.includes(lastDay))
    .filter(({ bearer }) => known.every((one) => sameBearer(one.bearer, bearer, () => true) === 'other'))
    .map(({ bearer, lastDay }) => ({ bearer, dates: [lastDay] }));
}

/** What lists say of a bearer between two days. */
type Between = (bearer: ListedBearer, earlier: SessionDate, later: SessionDate) => boolean;

/** Whether the lists of both days have the same tickers of its company and kind. */
function unchangedBetween(listed: readonly Listed[]): Between {
  const byIssue = Map.groupBy(listed, ({ bearer }) => issueKey(bearer));
  return (bearer, earlier, later) => {
    const issues = byIssue.get(issueKey(bearer)) ?? [];
    const tickersOn = (date: SessionDate) =>
      issues
        .flatMap((one) => (one.dates.includes(date) ? [one.bearer.ticker] : []))
        .sort()
        .join(' ');
    return issues.length === 1 || tickersOn(earlier) === tickersOn(later);
  };
}

/**
 * Whether it was listed under another ticker in between: its FIGI was, or a ticker of its company and kind that neither of
 * both days has.
 */
function elsewhereBetween(listed: readonly Listed[], lists: readonly ListSize[]): Between {
  const dates = lists.map(({ date }) => date).sort();
  const next = new Map(dates.map((date, at) => [date, dates[at + 1]]));
  const byFigi = Map.groupBy(listed, ({ bearer }) => bearer.figi);
  const byIssue = Map.groupBy(listed, ({ bearer }) => issueKey(bearer));
  return (bearer, earlier, later) => {
    const { figi, ticker } = bearer;
    if (next.get(earlier) === later) return false;
    const key = issueKey(bearer);
    const isBetween = (one: Listed) =>
      one.bearer.ticker !== ticker && one.dates.some((date) => date > earlier && date < later);
    if (figi !== null) return (byFigi.get(figi) ?? []).some(isBetween);
    const issues = key === null ? [] : (byIssue.get(key) ?? []);
    const isBeside = (one: Listed) => one.dates.includes(earlier) || one.dates.includes(later);
    const beside = new Set(issues.filter(isBeside).map((one) => one.bearer.ticker));
    return issues.some((one) => !beside.has(one.bearer.ticker) && isBetween(one));
  };
}

/** In order; a day on which a ticker is listed twice over says nothing of it. */
function sightingsOf(own: readonly Listed[]): readonly Sighting[] {
  const all = own.flatMap(({ bearer, dates }) => dates.map((date): Sighting => ({ date, bearer })));
  const byDate = Map.groupBy(all, ({ date }) => date);
  return [...byDate.values()]
    .flatMap(([one, other]) => (one === undefined || other !== undefined ? [] : [one]))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

function segmentsOf(
  sightings: readonly Sighting[],
  { isUnchanged, isElsewhere }: { readonly isUnchanged: Between; readonly isElsewhere: Between },
): readonly Segment[] {
  const segments: Segment[] = [];
  for (const { date, bearer } of sightings) {
    const verdictOn = (one: Segment) =>
      sameBearer(one.bearer, bearer, () => isUnchanged(bearer, one.last, date));
    // What lies between two records of one instrument and contradicts neither of them is that instrument too.
    const known = segments.findLastIndex((one) => verdictOn(one) !== 'unclear');
    const same = segments[known];
    const unclear = segments.slice(known + 1);
    const isSame = same !== undefined && verdictOn(same) === 'same' && unclear.every((one) => one.isUnclear);
    if (isSame && !isElsewhere(mergedBearer(same.bearer, bearer), same.last, date)) {
      segments.splice(known, Infinity, { ...same, bearer: mergedBearer(same.bearer, bearer), last: date });
    } else {
      const isUnclear = unclear.length > 0;
      segments.push({ bearer, first: date, last: date, isUnclear });
    }
  }
  return segments;
}

function windowed(
  ticker: string,
  segments: readonly Segment[],
  believed: readonly SessionDate[],
  oldest: SessionDate | null,
): readonly Spell[] {
  return segments.map((segment, at) => {
    const { last } = segment;
    const around = [segments[at - 1]?.last, believed.findLast((date) => date < segment.first)];
    const behind = [segments[at + 1]?.first, believed.find((date) => date > last)];
    const after = around.reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a));
    const before = behind.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
    const first = after === undefined && oldest !== null ? oldest : segment.first;
    return { ticker, ...segment, first, after: after ?? null, before: before ?? null };
  });
}
