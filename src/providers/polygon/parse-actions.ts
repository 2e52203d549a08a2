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
    currency: record.currency?.toUpperCase() ?? null,
    dividendType: isSpecial(record) ? 'special' : 'regular',
    providerId: record.id ?? null,
    declaredOn: dateOf(record.declaration_date),
    recordOn: dateOf(record.record_date),
    payOn: dateOf(record.pay_date),
  };
  return { symbol: ticker, action };
}

function isSpecial({ distribution_type: type, frequency }: WireDividend): boolean {
  return type === 'special' || type === 'supplemental' || (type == null && frequency === 0);
}

function dateOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && isCalendarDate(text) ? text : null;
}
