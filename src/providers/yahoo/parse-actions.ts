import type { z } from 'zod';
import { untold, type CorporateAction } from '../../domain/corporate-action.ts';
import { splitKind } from '../../domain/split-kind.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { fieldOf, wrongIn, type RejectedRecord } from '../../domain/rejected-record.ts';
import type { SessionDate } from '../../domain/session.ts';
import { restoreFloat32 } from './restore-float32.ts';
import { isoCurrency } from './iso-currency.ts';
import {
  isInstant,
  paymentEvent,
  splitEvent,
  type WireChart,
  type WirePayment,
  type WireSplitEvent,
} from './wire.ts';
import { zonedDate } from './zoned-date.ts';

interface ParsedActions {
  readonly actions: readonly CorporateAction[];
  /** Events of other days. */
  readonly outside: number;
  /** Those of the range that say nothing, or not what they have to. */
  readonly rejected: readonly RejectedRecord[];
  /** Rejected ones that speak against the whole answer: nothing of something is told of many, and means nothing. */
  readonly malformed: number;
  /** Events in all. */
  readonly count: number;
}

interface EventSpace {
  readonly symbol: string;
  readonly range: DateRange;
  readonly basis: SessionDate;
}

/** The events of a range, each by itself, oldest first. Amounts are adjusted for the splits up to `basis`. */
export function parseActions(
  { meta, events }: WireChart,
  { symbol, range, basis }: EventSpace,
): ParsedActions {
  const dateOf = (seconds: number) => zonedDate(seconds * 1000, meta.exchangeTimezoneName);
  const paid = (payment: WirePayment) => ({
    exDate: dateOf(payment.date),
    amount: restoreFloat32(payment.amount),
    currency: paidIn(payment.currency, meta.currency),
    amountBasis: basis,
  });
  const { splits, dividends, capitalGains } = events ?? {};
  const all: readonly (CorporateAction | BadEvent)[] = [
    ...(splits ?? []).map(
      readEvent(splitEvent, (split) => ({ ...splitOf(split), exDate: dateOf(split.date) })),
    ),
    ...(dividends ?? []).map(
      // Yahoo does not tell which ones are special.
      readEvent(paymentEvent, (payment) => ({
        ...{ ...untold, ...paid(payment), kind: 'cash_dividend', dividendType: 'regular' },
      })),
    ),
    ...(capitalGains ?? []).map(
      readEvent(paymentEvent, (payment) => ({ ...untold, ...paid(payment), kind: 'capital_gain' })),
    ),
  ];
  const isWithin = (date: SessionDate) => date >= range.from && date <= range.to;
  const actions = all
    .filter((one): one is CorporateAction => !isBad(one))
    .filter(({ exDate }) => isWithin(exDate));
  actions.sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0));
  const rejected = all.filter(isBad).flatMap(({ field, record }): readonly RejectedRecord[] => {
    const date = fieldOf(record, 'date');
    const session = isInstant(date) ? dateOf(date) : null;
    if (session !== null && !isWithin(session)) return [];
    return [{ symbol, session, field, wrong: wrongIn(record, field), record }];
  });
  return {
    actions,
    outside: all.length - actions.length - rejected.length,
    rejected,
    malformed: rejected.filter(({ record, field }) => typeof fieldOf(record, field) !== 'number').length,
    count: all.length,
  };
}

/** A payment's own currency, where Yahoo tells one, is not always that of the price; pence are not pounds. */
function paidIn(own: string | null | undefined, ofPrice: string | null | undefined): string | null {
  if (own == null || own === '' || own === ofPrice) return isoCurrency(ofPrice);
  return isoCurrency(own) ?? own;
}

/** An event that is not what it has to be, and the field at fault. */
interface BadEvent {
  readonly field: string;
  readonly record: unknown;
}

function isBad(one: CorporateAction | BadEvent): one is BadEvent {
  return 'record' in one;
}

function readEvent<Wire>(schema: z.ZodType<Wire>, actionOf: (event: Wire) => CorporateAction) {
  return (record: unknown): CorporateAction | BadEvent => {
    const { data, error } = schema.safeParse(record);
    return error === undefined ? actionOf(data) : { field: String(error.issues[0]?.path[0] ?? ''), record };
  };
}

function splitOf(split: WireSplitEvent): Omit<CorporateAction, 'exDate'> {
  return {
    ...untold,
    kind: splitKind({ after: split.numerator, before: split.denominator }),
    ratio: split.numerator / split.denominator,
  };
}
