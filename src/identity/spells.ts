import type { SessionDate } from '../domain/session.ts';
import { believedLists, type ListSize } from './believed-lists.ts';
import { issueKey, sameBearer, mergedBearer, type ListedBearer } from './listed-bearer.ts';

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
  /** The first and the last list that has it. */
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
 * Who bore which ticker, from lists of several days: by ticker, then by date. A list that lacks a ticker between two that
 * have it says nothing, and a short list nothing of what it lacks.
 */
export function spellsOf(listed: readonly Listed[], lists: readonly ListSize[]): readonly Spell[] {
  const believed = believedLists(lists);
  const isUnchanged = unchangedBetween(listed);
  const byTicker = Map.groupBy(listed, ({ bearer }) => bearer.ticker);
  return [...byTicker]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([ticker, own]) => windowed(ticker, segmentsOf(sightingsOf(own), isUnchanged), believed));
}

/** Whether the lists of two days have the same tickers of a bearer's company and kind. */
type UnchangedBetween = (bearer: ListedBearer, earlier: SessionDate, later: SessionDate) => boolean;

function unchangedBetween(listed: readonly Listed[]): UnchangedBetween {
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

/** In order; a day on which a ticker is listed twice over says nothing of it. */
function sightingsOf(own: readonly Listed[]): readonly Sighting[] {
  const all = own.flatMap(({ bearer, dates }) => dates.map((date): Sighting => ({ date, bearer })));
  const byDate = Map.groupBy(all, ({ date }) => date);
  return [...byDate.values()]
    .flatMap(([one, other]) => (one === undefined || other !== undefined ? [] : [one]))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

function segmentsOf(sightings: readonly Sighting[], isUnchanged: UnchangedBetween): readonly Segment[] {
  const segments: Segment[] = [];
  for (const { date, bearer } of sightings) {
    const verdictOn = (one: Segment) =>
      sameBearer(one.bearer, bearer, () => isUnchanged(bearer, one.last, date));
    // What lies between two records of one instrument and contradicts neither of them is that instrument too.
    const known = segments.findLastIndex((one) => verdictOn(one) !== 'unclear');
    const same = segments[known];
    const unclear = segments.slice(known + 1);
    if (same !== undefined && verdictOn(same) === 'same' && unclear.every(({ isUnclear }) => isUnclear)) {
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
): readonly Spell[] {
  return segments.map((segment, at) => {
    const { first, last } = segment;
    const around = [segments[at - 1]?.last, believed.findLast((date) => date < first)];
    const behind = [segments[at + 1]?.first, believed.find((date) => date > last)];
    const after = around.reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a));
    const before = behind.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
    return { ticker, ...segment, after: after ?? null, before: before ?? null };
  });
}
