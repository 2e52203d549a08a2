import { addDays } from '../../domain/date-range.ts';
import { factorAt } from '../market/cumulative-steps.ts';
import { momentOf } from '../market/moment.ts';
import { rounded } from '../market/price-model.ts';
import { ratioOf } from '../market/simulated-action.ts';
import { idOf, type BookEntry } from './action-book.ts';
import { splitSteps } from './adjusted-bar.ts';
import type { PolygonContext } from './polygon-context.ts';
import { polygonLists } from './polygon-listing.ts';

// Fields as documented (`oas__stocks__v1__*.json`).

/** An entry of `/stocks/v1/splits`; its factor is that of all splits from this one up to today. */
export function splitEntry(listed: BookEntry, context: PolygonContext) {
  const { symbol, action } = listed;
  return {
    id: idOf(listed),
    ticker: symbol,
    execution_date: action.exDate,
    split_from: action.terms?.from ?? 1,
    split_to: action.terms?.to ?? 1,
    adjustment_type: adjustmentType(ratioOf(action)),
    historical_adjustment_factor: factorFrom(listed, context, (split) => 1 / ratioOf(split)),
  };
}

/** An entry of `/stocks/v1/dividends`; its factor is that of all dividends from this one up to today. */
export function dividendEntry(listed: BookEntry, context: PolygonContext) {
  const { symbol, action } = listed;
  const { exDate, special } = action;
  const amount = action.amount ?? 0;
  const splits = splitSteps(context.source.actions(symbol), momentOf(context.nowMs));
  return {
    id: idOf(listed),
    ticker: symbol,
    record_date: exDate,
    pay_date: addDays(exDate, 7),
    ex_dividend_date: exDate,
    declaration_date: addDays(exDate, -30),
    currency: 'USD',
    frequency: special ? 0 : 4,
    distribution_type: special ? 'special' : 'recurring',
    cash_amount: amount,
    split_adjusted_cash_amount: rounded(amount / factorAt(splits, exDate), 1_000_000),
    historical_adjustment_factor: factorFrom(listed, context, (cash) => context.cashFactor(symbol, cash)),
  };
}

function adjustmentType(ratio: number): string {
  if (ratio < 1) return 'reverse_split';
  return ratio < 1.25 ? 'stock_dividend' : 'forward_split';
}

/** The product over the listed actions of the same kind from this one up to today; 1 for one to come. */
function factorFrom(
  { symbol, action: { kind, exDate } }: BookEntry,
  { source, nowMs }: PolygonContext,
  factorOf: (action: BookEntry['action']) => number,
): number {
  const moment = momentOf(nowMs);
  const product = source
    .actions(symbol)
    .filter((one) => one.kind === kind && one.exDate >= exDate && one.exDate <= moment.today)
    .filter((one) => polygonLists(one, moment))
    .reduce((factor, one) => factor * factorOf(one), 1);
  return rounded(product, 1_000_000);
}
