import { addDays, dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { between, hashCell, hashText, unit } from '../market/seeded-hash.ts';

/** One reported figure; `zero` is a figure like any other. */
export interface Figure {
  readonly asOf: SessionDate;
  readonly value: number;
}

export type Period = 'annual' | 'quarterly' | 'trailing';

const firstYear = 2016;
/** From the end of a quarter to its report; a year's takes longer. */
const reportedAfterDays = { annual: 60, quarterly: 40, trailing: 40 };
const quarterEnds = ['03-31', '06-30', '09-30', '12-31'];
const salts = { size: 277, weight: 281, kind: 283, growth: 293, season: 307 };

/** Companies have these whatever the hash says. */
const always = [
  'TotalRevenue',
  'NetIncome',
  'TotalAssets',
  'StockholdersEquity',
  'OperatingCashFlow',
  'FreeCashFlow',
];
/** Nobody here has any: true zeros, as a company without real estate reports them. */
const zeros = ['Properties', 'PreferredStockEquity', 'OtherSpecialCharges', 'PreferredStockIssuance'];
const perShare = /EPS$|PerShare$/;
const changes =
  /^(Change|Issuance|Repayment|Repurchase|Purchase|Sale|Interest|Cash(Flow|Dividends)|Net(Issuance|Long|Short|Common|Preferred))/;
const stocks =
  /(Assets|Liabilities|Debt|Equity|Capital|Capitalization|BookValue|Shares|ShareIssued|SharesNumber|Receivables?|Payables?|Inventory|Equivalents|Properties|Goodwill|PPE|Earnings)$/;

/** The figures of one concept reported by then, oldest first; none for a concept the company does not report. */
export function figuresOf(
  symbol: string,
  concept: string,
  period: Period,
  reportedBy: SessionDate,
): readonly Figure[] {
  if (!isReported(symbol, concept)) return [];
  const until = addDays(reportedBy, -reportedAfterDays[period]);
  const quarters = quartersUntil(until);
  const ends = period === 'annual' ? quarters.filter((asOf) => asOf.endsWith('12-31')) : quarters;
  const figures = ends.map((asOf) => ({ asOf, value: valueAt(symbol, concept, period, asOf) }));
  return period === 'trailing' ? figures.slice(-1) : figures;
}

function isReported(symbol: string, concept: string): boolean {
  if (always.includes(concept) || zeros.includes(concept)) return true;
  return unit(hashCell(hashText(2, symbol), hashText(3, concept), salts.kind)) < 0.6;
}

function quartersUntil(until: SessionDate): readonly SessionDate[] {
  const lastYear = Number(until.slice(0, 4));
  return Array.from({ length: Math.max(0, lastYear - firstYear + 1) }, (_, index) => firstYear + index)
    .flatMap((year) => quarterEnds.map((end) => `${year}-${end}`))
    .filter((asOf) => asOf <= until);
}

/** A stock is that of the quarter; a flow of a year is the sum of its four quarters. */
function valueAt(symbol: string, concept: string, period: Period, asOf: SessionDate): number {
  const isStock = stocks.test(concept) && !changes.test(concept);
  if (period === 'quarterly' || isStock) return quarterValue(symbol, concept, asOf);
  const sum = lastFour(asOf).reduce((total, end) => total + quarterValue(symbol, concept, end), 0);
  return perShare.test(concept) ? Math.round(sum * 100) / 100 : sum;
}

function lastFour(asOf: SessionDate): readonly SessionDate[] {
  const at = quarterEnds.indexOf(asOf.slice(5));
  const year = Number(asOf.slice(0, 4));
  return [3, 2, 1, 0].map((back) => `${at - back < 0 ? year - 1 : year}-${quarterEnds.at(at - back) ?? ''}`);
}

function quarterValue(symbol: string, concept: string, asOf: SessionDate): number {
  if (zeros.includes(concept)) return 0;
  const company = hashText(2, symbol);
  const line = hashCell(company, hashText(3, concept), salts.weight);
  const size = Math.exp(between(hashCell(company, 0, salts.size), Math.log(5e7), Math.log(1e11)));
  const years = (dayNumber(asOf) - dayNumber('2020-01-01')) / 365;
  const growth = Math.exp(between(hashCell(company, 0, salts.growth), -0.03, 0.15) * years);
  const noise = between(hashCell(line, dayNumber(asOf), salts.season), 0.9, 1.1);
  if (perShare.test(concept)) return Math.round(between(line, 0.1, 3) * growth * noise * 100) / 100;
  return Math.round((size * between(line, 0.01, 1) * growth * noise) / 1000) * 1000;
}
