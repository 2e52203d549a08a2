import type { DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { scriptedCase } from './scripted-case.ts';
import { quiet, rowsOf, ticker } from './scripted-market.ts';

type Fields = Readonly<Record<string, unknown>>;

interface ScriptedDividend {
  readonly exDate: SessionDate;
  readonly amount: number;
  readonly currency?: string | null;
  readonly payOn?: string | null;
  /** Replaces or adds fields on the wire. */
  readonly over?: Fields;
}

/** A stock whose price is the same all the time: what it hands out shows in total-adjusted closes alone. */
export interface Holding {
  readonly price: number;
  readonly dividends: readonly ScriptedDividend[];
  readonly listing?: Fields;
}

/** A dividend as Polygon lists it. */
export function wireDividend(
  id: string,
  symbol: string,
  { exDate, amount, currency = 'USD', payOn = null, over = {} }: ScriptedDividend,
): Fields {
  const paid = { ex_dividend_date: exDate, cash_amount: amount, split_adjusted_cash_amount: amount };
  const usual = { distribution_type: 'recurring', frequency: 4, pay_date: payOn };
  return { id, ticker: symbol, ...paid, currency, ...usual, ...over };
}

/** Loads quiet stocks from Polygon with their dividends in two runs, and says what became of each. */
export async function heldThrough(
  range: DateRange,
  now: string,
  holdings: Readonly<Record<string, Holding>>,
) {
  const stocks = Object.entries(holdings);
  const polygon = {
    tickers: stocks.map(([symbol, { listing = {} }]) =>
      ticker(symbol, { list_date: '1990-10-04', ...listing }),
    ),
    bars: Object.fromEntries(
      stocks.map(([symbol, { price }]) => [symbol, rowsOf(range.from, range.to, () => quiet(price))]),
    ),
    dividends: stocks.flatMap(([symbol, { dividends }]) =>
      dividends.map((one, index) => wireDividend(`${symbol} ${index}`, symbol, one)),
    ),
  };
  const lab = await scriptedCase({ now, polygon });
  const symbols = stocks.map(([symbol]) => symbol);
  await lab.run('polygon-historical-backfill', { startDate: range.from, endDate: range.to, symbols });
  await lab.run('polygon-daily-ingestion', { daysBack: 1, incremental: true, symbols });
  return async (symbol: string) => {
    const id = await lab.idOf(symbol);
    const rules = await lab.rows<{ rule: string }>(
      `select rule from market.quality_findings where instrument_id = ${id} order by id`,
    );
    const [first] = await lab.bars(symbol, { ...range, adjust: 'total' });
    return {
      actions: await lab.actions(symbol),
      rules: rules.map(({ rule }) => rule),
      /** The total-adjusted close of the first session. */
      left: first?.close,
    };
  };
}
