import type { MarketInstrument, MarketSource } from '../market/market-source.ts';

/** Finds an instrument by Yahoo's spelling, in any case, undefined for one that Yahoo does not have. */
export type YahooSymbols = (spelled: string) => MarketInstrument | undefined;

const endings: readonly (readonly [RegExp, string])[] = [
  [/\.WS$/, '-WT'],
  [/\.U$/, '-UN'],
  [/^([A-Z]+)p([A-Z]?)$/, '$1-P$2'],
  [/^([A-Z]+)r$/, '$1-RI'],
  [/^([A-Z]+)w$/, '$1-WI'],
  [/\./g, '-'],
];

/** How Yahoo writes a ticker: `BRK-B` for `BRK.B`, `KIM-PL` for `KIMpL`. */
export function yahooSpelling(symbol: string): string {
  const rule = endings.find(([pattern]) => symbol.search(pattern) >= 0);
  return rule === undefined ? symbol : symbol.replace(rule[0], rule[1]);
}

/** Gathers the tickers Yahoo spells otherwise when the first is asked for. */
export function createYahooSymbols(source: Pick<MarketSource, 'instruments' | 'find'>): YahooSymbols {
  let respelled: ReadonlyMap<string, string> | null = null;
  return (spelled) => {
    respelled ??= new Map(
      source.instruments
        .map(({ symbol }) => [yahooSpelling(symbol), symbol] as const)
        .filter(([yahoo, symbol]) => yahoo !== symbol),
    );
    const asked = spelled.toUpperCase();
    const symbol = respelled.get(asked);
    if (symbol !== undefined) return source.find(symbol);
    return yahooSpelling(asked) === asked ? source.find(asked) : undefined;
  };
}
