import type { Dimension } from '../../domain/indicator-column.ts';
import type { Arena } from '../arena.ts';
import type { Indicator } from '../indicator.ts';
import type { Prices } from '../price-series.ts';

/** What takes one row after the other, and gives nothing where there is no value yet. */
type Stream<Parameters, Row, Value> = new (parameters: Parameters) => {
  nextValue(row: Row): Value | undefined;
};

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

interface Lists {
  readonly high: [];
  readonly low: [];
  readonly close: [];
}

interface Closes {
  readonly period: number;
  readonly values: [];
}

/** What is taken of `technicalindicators`; its own declarations have lists for single values, and no value lack. */
export interface Library {
  readonly TRIX: Stream<Closes, number, number>;
  readonly KST: Stream<
    { readonly values: [] } & Readonly<Record<string, unknown>>,
    number,
    { readonly kst: number; readonly signal: number | undefined }
  >;
  readonly AwesomeOscillator: Stream<
    { readonly fastPeriod: number; readonly slowPeriod: number } & Omit<Lists, 'close'>,
    Omit<Bar, 'close'>,
    number
  >;
  readonly VWAP: Stream<Lists & { readonly volume: [] }, Bar & { readonly volume: number }, number>;
  readonly WMA: Stream<Closes, number, number>;
  readonly KeltnerChannels: Stream<
    { readonly maPeriod: number; readonly atrPeriod: number; readonly multiplier: number } & Lists,
    Bar,
    { readonly upper: number; readonly middle: number; readonly lower: number }
  >;
  readonly ChandelierExit: Stream<
    { readonly period: number; readonly multiplier: number } & Lists,
    Bar,
    { readonly exitLong: number; readonly exitShort: number }
  >;
  readonly HeikinAshi: Stream<
    Lists & { readonly open: [] },
    Bar & { readonly open: number },
    Bar & { readonly open: number }
  >;
}

/** The declaration of an indicator that is computed only when asked for; its columns are keys with their parameters. */
export interface Extra extends Omit<Indicator, 'compute' | 'namesOf'> {
  readonly dimension: Dimension;
  /** Ours where the library's values are not those of the definition. */
  readonly computedBy: 'technicalindicators' | 'barwright';
  /** As that of an indicator, but that each column begins where its own first value is. */
  readonly compute: (arena: Arena, prices: Prices, library: Library) => readonly Float64Array[];
}
