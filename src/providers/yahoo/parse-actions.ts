import { untold, type CorporateAction } from '../../domain/corporate-action.ts';
import { splitKind } from '../../domain/split-kind.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { restoreFloat32 } from './restore-float32.ts';
import { isoCurrency } from './iso-currency.ts';
import type { WireChart, WireSplitEvent } from './wire.ts';
import { zonedDate } from './zoned-date.ts';

interface ParsedActions {
  readonly actions: readonly CorporateAction[];
  readonly outsideEvents: number;
  readonly brokenEvents: number;
}

/** The events of a range, oldest first. Amounts are adjusted for the splits up to `basis`. */
export function parseActions(
  { meta, events }: WireChart,
  range: DateRange,
  basis: SessionDate,
): ParsedActions {
  const dateOf = (seconds: number) => zonedDate(seconds * 1000, meta.exchangeTimezoneName);
  const ofPayments = { currency: isoCurrency(meta.currency), amountBasis: basis };
  const all = [
    ...(events?.splits ?? []).map((split) => parseSplit(split, dateOf(split.date))),
    ...(events?.dividends ?? []).map(({ amount, date }) =>
      // Yahoo does not tell which ones are special.
      parsePayment(amount, {
        ...ofPayments,
        kind: 'cash_dividend',
        exDate: dateOf(date),
        dividendType: 'regular',
      }),
    ),
    ...(events?.capitalGains ?? []).map(({ amount, date }) =>
      parsePayment(amount, { ...ofPayments, kind: 'capital_gain', exDate: dateOf(date) }),
    ),
  ];
  const sound = all.filter((action) => action !== null);
  const actions = sound.filter(({ exDate }) => exDate >= range.from && exDate <= range.to);
  actions.sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0));
  return {
    actions,
    outsideEvents: sound.length - actions.length,
    brokenEvents: all.length - sound.length,
  };
}

type Dated = Partial<CorporateAction> & Pick<CorporateAction, 'kind' | 'exDate'>;

/** Null for a payment of nothing. */
function parsePayment(amount: number, action: Dated): CorporateAction | null {
  return amount > 0 ? { ...untold, ...action, amount: restoreFloat32(amount) } : null;
}

/** Null for a ratio that has no value, or is 0. */
function parseSplit(split: WireSplitEvent, exDate: SessionDate): CorporateAction | null {
  const { numerator, denominator } = split;
  if (!(numerator > 0 && denominator > 0)) return null;
  return {
    ...untold,
    kind: splitKind({ after: numerator, before: denominator }),
    exDate,
    ratio: numerator / denominator,
  };
}
