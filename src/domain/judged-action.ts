import type { CorporateAction } from './corporate-action.ts';
import type { AppliedSplit } from './applied-splits.ts';
import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';
import type { PricedSession } from './traded-steps.ts';
import { sourceNames, type SourceName } from './source.ts';

/** One source's record of an action; what is paid is in shares of the ex-date, as far as the splits were known. */
export type KnownAction = Omit<CorporateAction, 'providerId'> & {
  readonly id: number;
  readonly source: SourceName;
  /** The amount as the source told it, in shares of `amountBasis`. */
  readonly toldAmount: number | null;
  /** ISO 8601: the later told of two records is the better known one. */
  readonly observedAt: string;
};

/** What is known around the actions of one instrument. */
export interface ActionContext {
  readonly today: SessionDate;
  /** Of the prices, ISO 4217; null where nobody has said. */
  readonly currency: string | null;
  /** Prices as traded around the dates that are told, oldest first. */
  readonly traded: readonly PricedSession[];
  /** Prices there that a source has split-adjusted, oldest first, all for the splits of one day. */
  readonly adjusted: (source: SourceName) => readonly PricedSession[];
  /** The splits that sources have put into their prices there; null where nothing shows it. */
  readonly applied: readonly AppliedSplit[] | null;
  /** The last close as traded before a date; null where none is stored. */
  readonly closeBefore: (exDate: SessionDate) => number | null;
  /** Whether a source would have told of an action of that date. */
  readonly covers: (source: SourceName, exDate: SessionDate) => boolean;
}

export interface Verdict {
  readonly id: number;
  readonly status: 'announced' | 'pending' | 'effective' | 'shadowed' | 'refused' | 'disputed';
  readonly reason: string | null;
  /** The day that it counts from where that is not the one that is told. */
  readonly exDate?: SessionDate;
  /** Prices as traded show it. */
  readonly shown?: boolean;
}

/** Where sources, or a source and the prices, disagree. */
export interface Disagreement {
  readonly rule: ActionRule;
  readonly exDate: SessionDate;
  readonly evidence: object;
}

export const actionRules = [
  'split_not_in_prices',
  'split_by_one_source',
  'splits_differ',
  'spin_off_as_split',
  'dividend_by_one_source',
  'dividends_differ',
  'dividend_is_nonsense',
  'dividend_in_other_currency',
  'dividend_listed_twice',
  'dividend_twin_differs',
  'dividend_of_unknown_basis',
] as const;
type ActionRule = (typeof actionRules)[number];

export interface Reconciled {
  readonly verdicts: readonly Verdict[];
  readonly disagreements: readonly Disagreement[];
}

/** What was decided of several parts, as one. */
export function together(parts: readonly Reconciled[]): Reconciled {
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    disagreements: parts.flatMap(({ disagreements }) => disagreements),
  };
}

/** A source may be late; that it lacks an action means something only after so many days. */
const lateDays = 3;

function sourcesOf(group: readonly KnownAction[]): readonly SourceName[] {
  return [...new Set(group.map(({ source }) => source))];
}

/** True when another source should have told of it by now, and has not. */
export function isAlone(group: readonly KnownAction[], { today, covers }: ActionContext): boolean {
  const told = sourcesOf(group);
  const [{ exDate } = { exDate: today }] = group;
  if (dayNumber(today) - dayNumber(exDate) < lateDays) return false;
  return sourceNames.some((source) => !told.includes(source) && covers(source, exDate));
}
