import type { SessionDate } from './session.ts';

/** What changes the number of shares, or pays out of the price. */
export type CorporateActionKind =
  'split' | 'reverse_split' | 'stock_dividend' | 'spin_off' | 'cash_dividend' | 'capital_gain';

/** One corporate action as a source tells it. Takes effect before the open of `exDate`. */
export interface CorporateAction {
  readonly kind: CorporateActionKind;
  readonly exDate: SessionDate;
  /** Shares afterwards per share before: 4 for a 4:1 split, 0.1 for a 1:10 one; null for what is paid in cash. */
  readonly ratio: number | null;
  /** Cash a share; null where shares are given. */
  readonly amount: number | null;
  /** ISO 4217; null where shares are given, or where the source does not say. */
  readonly currency: string | null;
  /** Of a cash dividend: whether it recurs; null otherwise. */
  readonly dividendType: 'regular' | 'special' | null;
  /** Payments a year, 0 for one that does not recur; null where the source does not say. */
  readonly frequency: number | null;
  /** The amount counts shares as of this date: null, those of the ex-date, as paid; else split-adjusted up to it. */
  readonly amountBasis: SessionDate | null;
  /** Beside an amount as paid: the same in the shares of when it was told, by the source's own splits; null: not told. */
  readonly adjustedAmount: number | null;
  /** The source's own key; null where it has none. */
  readonly providerId: string | null;
  readonly declaredOn: SessionDate | null;
  readonly recordOn: SessionDate | null;
  readonly payOn: SessionDate | null;
}

/** Nothing told beyond what an action is and when: for a source's own terms to fill in. */
export const untold = {
  ratio: null,
  amount: null,
  currency: null,
  dividendType: null,
  frequency: null,
  amountBasis: null,
  adjustedAmount: null,
  providerId: null,
  declaredOn: null,
  recordOn: null,
  payOn: null,
} as const satisfies Omit<CorporateAction, 'kind' | 'exDate'>;
