import { barsOf, type BarColumns } from '../../src/domain/bar-columns.ts';
import type { DailyBar, IntradayBar } from '../../src/domain/bar.ts';
import type {
  RequestOptions,
  SeriesProvider,
  SeriesWish,
  WholeMarket,
} from '../../src/providers/provider.ts';

/** A bar of either kind; one of a whole session has no `opensAt`. */
type Row = DailyBar & Partial<Pick<IntradayBar, 'opensAt'>>;

/** An answer with its bars as objects. */
export type InRows<Answer extends { readonly bars: BarColumns }> = Omit<Answer, 'bars'> & {
  readonly bars: readonly Row[];
};

type Series<P extends SeriesProvider> = (
  symbol: string,
  wish: SeriesWish,
  options?: RequestOptions,
) => Promise<InRows<Awaited<ReturnType<P['series']>>>>;

type MarketDayInRows = Omit<Awaited<ReturnType<WholeMarket['marketDay']>>, 'symbols' | 'bars'> & {
  readonly rows: readonly { readonly symbol: string; readonly bar: Row }[];
};

/** The provider's series with bars as objects. */
export function seriesInRows<P extends SeriesProvider>(provider: P): Series<P> {
  return async (symbol, wish, options) => {
    const answer = (await provider.series(symbol, wish, options)) as Awaited<ReturnType<P['series']>>;
    return { ...answer, bars: barsOf(answer.bars) };
  };
}

/** The provider's market days with bars as objects, each beside its symbol. */
export function marketDayInRows(provider: WholeMarket) {
  return async (session: string, options?: RequestOptions): Promise<MarketDayInRows> => {
    const { symbols, bars, ...answer } = await provider.marketDay(session, options);
    expectOneEach(symbols, bars);
    return { ...answer, rows: barsOf(bars).map((bar, row) => ({ symbol: symbols[row] ?? '', bar })) };
  };
}

function expectOneEach(symbols: readonly string[], bars: BarColumns): void {
  if (symbols.length !== bars.length) throw new Error(`${symbols.length} symbols, ${bars.length} bars`);
}
