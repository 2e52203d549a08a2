/** What a chart looks like on the wire, as far as tests read it. */
export interface ChartBody {
  readonly chart: {
    readonly result:
      | readonly [
          {
            readonly meta: Readonly<Record<string, unknown>> & {
              readonly currentTradingPeriod: {
                readonly regular: { readonly start: number; readonly end: number };
              };
            };
            readonly timestamp?: readonly number[];
            readonly events?: {
              readonly dividends?: Readonly<
                Record<string, { readonly amount: number; readonly date: number }>
              >;
              readonly splits?: Readonly<
                Record<string, { readonly splitRatio: string; readonly date: number }>
              >;
            };
            readonly indicators: {
              readonly quote: readonly [Readonly<Partial<Record<Column, readonly (number | null)[]>>>];
              readonly adjclose?: readonly [{ readonly adjclose?: readonly (number | null)[] }];
            };
          },
        ]
      | null;
    readonly error: { readonly code: string; readonly description: string } | null;
  };
}

type Column = 'open' | 'high' | 'low' | 'close' | 'volume';

export interface ChartRow {
  /** ISO 8601. */
  readonly at: string;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number | null;
  readonly adjclose: number | null;
}

/** The path of a chart over whole dates in UTC or instants, the second one excluded. */
export function chartPath(
  symbol: string,
  from: string,
  to: string,
  query = 'interval=1d&events=div|split',
): string {
  const seconds = (text: string) => Math.floor(Date.parse(text) / 1000);
  return `/v8/finance/chart/${symbol}?period1=${seconds(from)}&period2=${seconds(to)}&${query}`;
}

export function resultOf({ chart: { result, error } }: ChartBody) {
  if (result === null) throw new Error(error?.description);
  return result[0];
}

export function rowsOf(body: ChartBody): readonly ChartRow[] {
  const { timestamp = [], indicators } = resultOf(body);
  const [quote] = indicators.quote;
  return timestamp.map((seconds, row) => ({
    at: new Date(seconds * 1000).toISOString(),
    open: quote.open?.[row] ?? null,
    high: quote.high?.[row] ?? null,
    low: quote.low?.[row] ?? null,
    close: quote.close?.[row] ?? null,
    volume: quote.volume?.[row] ?? null,
    adjclose: indicators.adjclose?.[0].adjclose?.[row] ?? null,
  }));
}

/** A price of 32 bits in shares after splits with that ratio together; NaN where there is none. */
export function adjustedBy(raw: number | undefined, ratio: number): number {
  return Math.fround((raw ?? NaN) / ratio);
}
