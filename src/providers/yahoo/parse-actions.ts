import { untold, type CorporateAction, type CorporateActionKind } from '../../domain/corporate-action.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { restoreFloat32 } from './restore-float32.ts';
import { isoCurrency } from './iso-currency.ts';
import type { WireChart, WirePayment, WireSplitEvent } from './wire.ts';
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
  const ofPayment = ({ date, currency }: WirePayment) => ({
    exDate: dateOf(date),
    currency: paidIn(currency, meta.currency),
    amountBasis: basis,
  });
  const all = [
    ...(events?.splits ?? []).map((split) => parseSplit(split, dateOf(split.date))),
    ...(events?.dividends ?? []).map((payment) =>
      // Yahoo does not tell which ones are special.
      parsePayment(payment.amount, {
        ...ofPayment(payment),
        kind: 'cash_dividend',
        dividendType: 'regular',
      }),
    ),
    ...(events?.capitalGains ?? []).map((payment) =>
      parsePayment(payment.amount, { ...ofPayment(payment), kind: 'capital_gain' }),
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

/** A payment's own currency, where Yahoo tells one, is not always that of the price; pence are not pounds. */
function paidIn(own: string | null | undefined, ofPrice: string | null | undefined): string | null {
  if (own == null || own === '' || own === ofPrice) return isoCurrency(ofPrice);
  return isoCurrency(own) ?? own;
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
  return { ...untold, kind: splitKind(split), exDate, ratio: numerator / denominator };
}

/** Stock dividends come as 103:100, spin-offs as 1281:1000 or 10000:9607. */
const largestTerm = 200;

/**
 * Yahoo shows spin-offs as splits. A split is a ratio of which one term is 1 (4:1, 1:150), or of whole numbers up to
 * 200 (3:2, 103:100); what needs larger terms is a spin-off's price ratio.
 */
export function splitKind({
  numerator,
  denominator,
}: Pick<WireSplitEvent, 'numerator' | 'denominator'>): CorporateActionKind {
  const [over, under] = wholeTerms(numerator, denominator);
  const divisor = greatestCommonDivisor(over, under);
  const isWhole = over === divisor || under === divisor;
  if (!isWhole && Math.max(over, under) > largestTerm) return 'spin_off';
  return numerator >= denominator ? 'split' : 'reverse_split';
}

/** 1.5:1 is 15:10; what six decimals do not make whole stays a ratio of large numbers. */
function wholeTerms(numerator: number, denominator: number): readonly [number, number] {
  for (let power = 1; power < 1e6; power *= 10) {
    const [over, under] = [Math.round(numerator * power), Math.round(denominator * power)];
    if (over / power === numerator && under / power === denominator) return [over, under];
  }
  return [Math.round(numerator * 1e6), Math.round(denominator * 1e6)];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
