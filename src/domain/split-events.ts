import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';
import type { KnownAction } from './judged-action.ts';
import { distance, type TradedStep } from './traded-steps.ts';

/** A record that tells of other shares. */
export type ToldSplit = KnownAction & { readonly ratio: number };

/** A split as prices as traded show it. */
export interface ShownSplit {
  readonly session: SessionDate;
  readonly ratio: number;
  /** The records that are right together: one, or those of one day whose product it is; none tells of that day and ratio. */
  readonly exact: readonly ToldSplit[];
}

/** What prices show of the records of one event; `unclear`: several things, of which only one can be. */
export type ShownSplits = readonly ShownSplit[] | 'unclear';

/** Whether two ratios are the same but for rounding. */
export function isSameRatio(one: number, other: number): boolean {
  return Math.abs(one / other - 1) < 0.01;
}

/** Whether two are of one day and one ratio. */
export function isSameSplit(
  one: { readonly exDate: SessionDate; readonly ratio: number },
  other: { readonly exDate: SessionDate; readonly ratio: number },
): boolean {
  return one.exDate === other.exDate && isSameRatio(one.ratio, other.ratio);
}

/** A ratio of which prices that move as usual can show the step. */
export function isTelling(ratio: number, usual: number): boolean {
  return Math.abs(Math.log(ratio)) >= 2 * usual;
}

/** A ratio that prices may show, with the records that tell it for one day. */
interface Hypothesis {
  readonly ratio: number;
  readonly told: readonly ToldSplit[];
  readonly exDate: SessionDate;
}

interface Hit extends ShownSplit {
  readonly distance: number;
  /** 3: told by two sources; 2: told; 1: another ratio is told for that day; 0: nothing is told for it. */
  readonly credit: number;
}

/**
 * The steps that a told ratio explains. Those that are told for their own day count before others: sources get the date
 * wrong, or the ratio, seldom both.
 */
export function shownSplits(
  records: readonly ToldSplit[],
  steps: readonly TradedStep[],
  usual: number,
): ShownSplits {
  const hypotheses = hypothesesOf(records).filter(({ ratio }) => isTelling(ratio, usual));
  const hits = steps.flatMap((step) => bestHits(hitsOf(step, hypotheses, usual)));
  const credit = Math.max(...hits.map((hit) => hit.credit));
  if (credit >= 2) return toldHits(hits.filter((hit) => hit.credit >= 2));
  const best = hits.filter((hit) => hit.credit === credit);
  return best.length > 1 ? 'unclear' : best;
}

/** One a day and ratio; of two records of a source for one day, their product as well. */
function hypothesesOf(records: readonly ToldSplit[]): readonly Hypothesis[] {
  const found: Hypothesis[] = [];
  for (const [exDate, told] of Map.groupBy(records, (record) => record.exDate)) {
    for (const record of told) {
      if (found.some((one) => isSameSplit(one, record))) continue;
      const same = told.filter(({ ratio }) => isSameRatio(ratio, record.ratio));
      found.push({ exDate, ratio: record.ratio, told: same });
    }
    for (const own of Map.groupBy(told, ({ source }) => source).values()) {
      const [first, second] = own;
      if (own.length !== 2 || first === undefined || second === undefined) continue;
      if (!isSameRatio(first.ratio, second.ratio))
        found.push({ exDate, ratio: first.ratio * second.ratio, told: own });
    }
  }
  return found;
}

function hitsOf(step: TradedStep, hypotheses: readonly Hypothesis[], usual: number): readonly Hit[] {
  return hypotheses.flatMap((one): readonly Hit[] => {
    const { ratio, told, exDate } = one;
    const off = distance(step, ratio);
    if (off > usual) return [];
    const day = dayNumber(exDate);
    const isOwnDay = step.before < day && day <= step.day;
    const isProduct = told.some((record) => !isSameRatio(record.ratio, ratio));
    // A product is no ratio that anybody tells: it counts on its own day alone.
    if (isProduct && !isOwnDay) return [];
    const session = isOwnDay ? exDate : step.session;
    const days = hypotheses.map((other) => dayNumber(other.exDate));
    const isToldDay = days.some((other) => step.before < other && other <= step.day);
    const sources = new Set(told.map(({ source }) => source)).size;
    const credit = isOwnDay ? Math.min(sources + 1, 3) : isToldDay ? 1 : 0;
    return [{ session, ratio, exact: isOwnDay ? told : [], distance: off, credit }];
  });
}

/** Of what explains one step equally well, all; ratios that are the same are one. */
function bestHits(hits: readonly Hit[]): readonly Hit[] {
  const credit = Math.max(...hits.map((hit) => hit.credit));
  const best = hits.filter((hit) => hit.credit === credit).sort((a, b) => a.distance - b.distance);
  const [first] = best;
  if (first === undefined) return [];
  return [first, ...best.slice(1).filter(({ ratio }) => !isSameRatio(ratio, first.ratio))];
}

/** What is told for its own day: two of them are two splits where one source tells of both. */
function toldHits(hits: readonly Hit[]): ShownSplits {
  for (const [place, one] of hits.entries()) {
    for (const other of hits.slice(place + 1)) {
      const sameDay = one.session === other.session;
      const inOneList = one.exact.some((a) =>
        other.exact.some((b) => a.source === b.source && a.id !== b.id),
      );
      if (sameDay || !inOneList) return strongest(hits);
    }
  }
  return hits;
}

function strongest(hits: readonly Hit[]): ShownSplits {
  const credit = Math.max(...hits.map((hit) => hit.credit));
  const best = hits.filter((hit) => hit.credit === credit);
  return best.length === 1 ? best : 'unclear';
}
