import type { DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { bySymbol, type MarketInstrument, type MarketSource } from './market-source.ts';
import { tenuresOf, type ScriptedLife } from './scripted-life.ts';
import { byExDate } from './simulated-action.ts';
import { isBorneOn, lastDate, type Tenure } from './tenure.ts';

/** A market whose companies change their tickers. */
export interface DatedMarket {
  /** Every bearing of a ticker, by ticker and date. */
  readonly tenures: readonly Tenure[];
  /** Bars and actions under the ticker of their day. */
  readonly ofTheDay: MarketSource;
  /** All history of a company under the ticker that it bears on a date, or bore last. */
  readonly asOf: (date: SessionDate) => MarketSource;
}

/** The market with those lives. Throws `BadScriptedLife`. */
export function datedMarket(source: MarketSource, lives: readonly ScriptedLife[]): DatedMarket {
  const tenures = tenuresOf(source, lives);
  if (lives.length === 0) return { tenures, ofTheDay: source, asOf: () => source };
  const views = new Map<SessionDate, MarketSource>();
  return {
    tenures,
    ofTheDay: underTickersOfTheDay(source, tenures),
    asOf(date) {
      const view = views.get(date) ?? underTickersOf(source, tenures, date);
      // A market's clock stands still or goes on: an older day is not asked for again.
      views.clear();
      views.set(date, view);
      return view;
    },
  };
}

function underTickersOfTheDay(source: MarketSource, tenures: readonly Tenure[]): MarketSource {
  const byTicker = Map.groupBy(tenures, ({ ticker }) => ticker);
  const byCompany = Map.groupBy(tenures, ({ company }) => company.symbol);
  const latest = new Map([...byTicker].map(([ticker, [...all]]) => [ticker, instrumentOf(all.at(-1))]));
  return {
    ...source,
    instruments: [...latest.values()].filter((one) => one !== undefined).sort(bySymbol),
    find: (ticker) => latest.get(ticker),
    bars: (ticker, range) =>
      (byTicker.get(ticker) ?? []).flatMap((tenure) =>
        source.bars(tenure.company.symbol, within(tenure, range)),
      ),
    marketDay: (session) =>
      source
        .marketDay(session)
        .flatMap(({ symbol, bar }) => {
          const tenure = byCompany.get(symbol)?.find((one) => isBorneOn(one, session));
          return tenure?.market === 'stocks' ? [{ symbol: tenure.ticker, bar }] : [];
        })
        .sort(bySymbol),
    actions: (ticker) =>
      (byTicker.get(ticker) ?? [])
        .flatMap((tenure) =>
          source.actions(tenure.company.symbol).filter(({ exDate }) => isBorneOn(tenure, exDate)),
        )
        .sort(byExDate),
  };
}

function underTickersOf(source: MarketSource, tenures: readonly Tenure[], date: SessionDate): MarketSource {
  const bearers = new Map<string, Tenure>();
  const lives = Map.groupBy(tenures, ({ company }) => company.symbol);
  for (const life of lives.values()) {
    const inOrder = life.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    const now = inOrder.findLast(({ from }) => from <= date);
    const other = now === undefined ? undefined : bearers.get(now.ticker);
    if (now !== undefined && (other === undefined || other.to < now.to)) bearers.set(now.ticker, now);
  }
  const instruments = [...bearers.values()].map((tenure) => wholeLife(tenure)).sort(bySymbol);
  const known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const companyOf = (ticker: string) => bearers.get(ticker)?.company.symbol ?? ticker;
  return {
    ...source,
    instruments,
    find: (ticker) => known.get(ticker),
    bars(ticker, range) {
      const one = known.get(ticker);
      if (one === undefined) return [];
      const life = { from: one.listedOn ?? '', to: one.delistedOn ?? lastDate };
      return source.bars(companyOf(ticker), within(life, range));
    },
    marketDay: () => [],
    actions: (ticker) => (known.has(ticker) ? source.actions(companyOf(ticker)) : []),
  };
}

/** Who trades over the counter has not come to its end. */
function wholeLife({ company, ticker, market }: Tenure): MarketInstrument {
  return {
    ...company,
    company: company.symbol,
    symbol: ticker,
    delistedOn: market === 'otc' ? null : company.delistedOn,
  };
}

function instrumentOf(tenure: Tenure | undefined): MarketInstrument | undefined {
  return tenure === undefined ? undefined : { ...tenure.company, symbol: tenure.ticker };
}

function within(life: Pick<Tenure, 'from' | 'to'>, { from, to }: DateRange): DateRange {
  return { from: from > life.from ? from : life.from, to: to < life.to ? to : life.to };
}
