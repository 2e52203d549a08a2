import { addDays } from './date-range.ts';
import type { SessionDate } from './session.ts';

/** What makes the bearer of a ticker this instrument, best first. */
export const evidences = ['person', 'figi', 'cik', 'list'] as const;
export type Evidence = (typeof evidences)[number];

/** How the first or last day of a term is known. */
export type TermSource = 'person' | 'list' | 'bars' | 'lookup';

/** That an instrument bears a ticker from one day to another, both included; `to` null: to this day. */
export interface TickerTerm {
  readonly instrumentId: number;
  readonly ticker: string;
  readonly from: SessionDate;
  readonly to: SessionDate | null;
  readonly evidence: Evidence;
  readonly fromBy: TermSource;
  readonly toBy: TermSource;
}

/** A day of a term that another one has as well. */
export interface TermConflict {
  readonly kept: TickerTerm;
  readonly lost: TickerTerm;
}

/**
 * Terms of which no two give one ticker to two instruments on a day, nor one instrument two tickers: where they do, the
 * better evidence keeps its days, of equal ones the earlier begun, and the other keeps what is left on either side.
 */
export function withoutConflicts(terms: readonly TickerTerm[]): {
  readonly terms: readonly TickerTerm[];
  readonly conflicts: readonly TermConflict[];
} {
  const kept: TickerTerm[] = [];
  const byTicker = new Map<string, TickerTerm[]>();
  const byInstrument = new Map<number, TickerTerm[]>();
  const conflicts: TermConflict[] = [];
  for (const term of terms.toSorted(byEvidence)) {
    const others = [...(byTicker.get(term.ticker) ?? []), ...(byInstrument.get(term.instrumentId) ?? [])];
    const inTheWay = others.filter((one) => overlap(one, term));
    const parts = inTheWay.reduce((left, one) => left.flatMap((part) => without(part, one)), [term]);
    const isRepeated = (one: TickerTerm) =>
      one.instrumentId === term.instrumentId && one.ticker === term.ticker;
    conflicts.push(...inTheWay.flatMap((one) => (isRepeated(one) ? [] : [{ kept: one, lost: term }])));
    for (const part of parts) {
      kept.push(part);
      byTicker.set(part.ticker, [...(byTicker.get(part.ticker) ?? []), part]);
      byInstrument.set(part.instrumentId, [...(byInstrument.get(part.instrumentId) ?? []), part]);
    }
  }
  return { terms: kept, conflicts };
}

/** What is left of terms beside others, which keep all of their days. */
export function termsBeside(
  terms: readonly TickerTerm[],
  others: readonly TickerTerm[],
): readonly TickerTerm[] {
  const rivals = (one: TickerTerm) =>
    others.filter(({ ticker, instrumentId }) => ticker === one.ticker || instrumentId === one.instrumentId);
  return terms.flatMap((term) =>
    rivals(term).reduce<readonly TickerTerm[]>(
      (left, rival) => left.flatMap((part) => without(part, rival)),
      [term],
    ),
  );
}

function byEvidence(a: TickerTerm, b: TickerTerm): number {
  const rank = evidences.indexOf(a.evidence) - evidences.indexOf(b.evidence);
  return rank !== 0 ? rank : a.from < b.from ? -1 : a.from > b.from ? 1 : a.instrumentId - b.instrumentId;
}

function overlap(a: TickerTerm, b: TickerTerm): boolean {
  return (b.to === null || a.from <= b.to) && (a.to === null || b.from <= a.to);
}

/** What is left of a term beside the days of another. */
function without(term: TickerTerm, other: TickerTerm): readonly TickerTerm[] {
  if (!overlap(term, other)) return [term];
  const before = term.from < other.from ? [{ ...term, to: addDays(other.from, -1), toBy: other.fromBy }] : [];
  const goesOn = other.to !== null && (term.to === null || term.to > other.to);
  return goesOn ? [...before, { ...term, from: addDays(other.to, 1), fromBy: other.toBy }] : before;
}
