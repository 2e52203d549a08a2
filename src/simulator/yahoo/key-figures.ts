import { addDays } from '../../domain/date-range.ts';
import { companyOf, type MarketInstrument } from '../market/market-source.ts';
import { momentOf } from '../market/moment.ts';
import { rounded } from '../market/price-model.ts';
import { between, hashCell, hashText } from '../market/seeded-hash.ts';
import { figuresOf } from './fundamental-figures.ts';
import { observeDays } from './observed-days.ts';
import type { YahooContext } from './yahoo-context.ts';
import { yahooLists } from './yahoo-listing.ts';

type Value = number | string | boolean | null;
/** A module's fields as Yahoo names them; dates in epoch seconds. */
export type Module = Readonly<Record<string, Value>>;

/** What all modules of one instrument are worked out from. */
export interface KeyFigures {
  readonly instrument: MarketInstrument;
  readonly price: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly previousClose: number;
  readonly volume: number;
  readonly yearHigh: number;
  readonly yearLow: number;
  readonly shares: number;
  /** Paid in the last year. */
  readonly dividends: number;
  readonly lastDividend: { readonly amount: number; readonly at: number } | null;
  readonly lastSplit: { readonly factor: string; readonly at: number } | null;
  readonly latest: (concept: string) => number;
  readonly ratio: (index: number, low: number, high: number) => number;
}

/** Null where the instrument has no bar of the last year. */
export function keyFigures(instrument: MarketInstrument, context: YahooContext): KeyFigures | null {
  const { symbol } = instrument;
  const moment = momentOf(context.nowMs);
  const observed = observeDays(instrument, context, moment);
  const days = observed.between({ from: addDays(moment.today, -365), to: moment.today });
  const [last, before = last] = [days.at(-1), days.at(-2)];
  if (last === undefined || before === undefined) return null;
  const adjusted = (value: number, by: number) => rounded(value / by, 10_000);
  const known = context.source.actions(symbol).filter((action) => yahooLists(action, moment));
  const cash = known.filter(({ amount }) => amount !== null);
  const [split] = known.filter(({ terms }) => terms !== null).slice(-1);
  const [paid] = cash.slice(-1);
  const amountOf = ({ amount, exDate }: (typeof cash)[number]) =>
    adjusted(amount ?? 0, observed.ratioAt(exDate));
  const yearAgo = addDays(moment.today, -365);
  const hash = hashText(7, companyOf(instrument));
  const ratio = (index: number, low: number, high: number) =>
    rounded(between(hashCell(hash, index, 311), low, high), 100_000);
  return {
    instrument,
    price: adjusted(last.bar.close, last.ratio),
    open: adjusted(last.bar.open, last.ratio),
    high: adjusted(last.bar.high, last.ratio),
    low: adjusted(last.bar.low, last.ratio),
    previousClose: adjusted(before.bar.close, before.ratio),
    volume: last.bar.volume,
    yearHigh: Math.max(...days.map(({ bar, ratio: by }) => adjusted(bar.high, by))),
    yearLow: Math.min(...days.map(({ bar, ratio: by }) => adjusted(bar.low, by))),
    shares: Math.round(ratio(0, 0.02, 15) * 1e9),
    dividends: rounded(
      cash.filter(({ exDate }) => exDate > yearAgo).reduce((sum, one) => sum + amountOf(one), 0),
      10_000,
    ),
    lastDividend: paid === undefined ? null : { amount: amountOf(paid), at: secondsOf(paid.exDate) },
    lastSplit:
      split?.terms == null
        ? null
        : { factor: `${split.terms.to}:${split.terms.from}`, at: secondsOf(split.exDate) },
    latest: (concept) => figuresOf(companyOf(instrument), concept, 'trailing', moment.today)[0]?.value ?? 0,
    ratio,
  };
}

function secondsOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}
