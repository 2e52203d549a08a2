import { untold, type CorporateAction } from '../../domain/corporate-action.ts';
import { isCalendarDate } from '../../domain/date-range.ts';
import { splitKind } from '../../domain/split-kind.ts';
import type { ListedAction } from '../provider.ts';
import type { WireDividend, WireSplit } from './wire.ts';

/** A split as the provider tells it. */
export function parseSplit(record: WireSplit): ListedAction {
  const { ticker, execution_date: exDate, split_from: before, split_to: after } = record;
  const ratio = after / before;
  const told = splitKind({ after, before });
  const kind = record.adjustment_type === 'stock_dividend' && told === 'split' ? 'stock_dividend' : told;
  return { symbol: ticker, action: { ...untold, kind, exDate, ratio, providerId: record.id ?? null } };
}

/** A cash dividend as the provider tells it. */
export function parseDividend(record: WireDividend): ListedAction {
  const { ticker, ex_dividend_date: exDate } = record;
  const action: CorporateAction = {
    ...untold,
    kind: 'cash_dividend',
    exDate,
    amount: record.cash_amount,
    currency: currencyOf(record),
    dividendType: dividendType(record),
    frequency: frequencyOf(record),
    adjustedAmount: record.split_adjusted_cash_amount ?? null,
    providerId: record.id ?? null,
    declaredOn: dateOf(record.declaration_date),
    recordOn: dateOf(record.record_date),
    payOn: dateOf(record.pay_date),
  };
  return { symbol: ticker, action };
}

/** Null where the provider says neither how often nor of what kind. */
function dividendType({ distribution_type: type, frequency }: WireDividend): CorporateAction['dividendType'] {
  if (type === 'special' || type === 'supplemental') return 'special';
  if (type != null && type !== 'unknown') return 'regular';
  if (frequency == null) return null;
  return frequency === 0 ? 'special' : 'regular';
}

const mostOften = 366;

function frequencyOf({ frequency }: WireDividend): number | null {
  return frequency != null && Number.isInteger(frequency) && frequency >= 0 && frequency <= mostOften
    ? frequency
    : null;
}

function currencyOf({ currency }: WireDividend): string | null {
  const code = currency?.trim().toUpperCase() ?? '';
  return code === '' ? null : code;
}

function dateOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && isCalendarDate(text) ? text : null;
}
