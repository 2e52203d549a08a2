import type { Arena } from '../arena.ts';
import { computeIndicators } from '../compute-indicators.ts';
import type { Indicator } from '../indicator.ts';
import type { PriceSeries } from '../price-series.ts';
import type { Extra, Library } from './extra.ts';
import { extras } from './extras.ts';

/** An extra that could not be computed, by its keys, and why. */
export interface Refusal {
  readonly keys: readonly string[];
  readonly reason: string;
}

/** The extras of a series, a value a row of it. */
export interface ExtraTable {
  /** By key; NaN where there is no value. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly refusals: readonly Refusal[];
}

export type ComputeExtras = (arena: Arena, series: PriceSeries) => ExtraTable;

/**
 * Computes extras with a library, holes as with every indicator. One that throws or gives values where there are none is
 * refused by name and has no values; the others have theirs.
 */
export function extrasBy(library: Library, declared: readonly Extra[] = extras): ComputeExtras {
  return (arena, series) => {
    const refusals: Refusal[] = [];
    const numbers = new Map<string, Float64Array>();
    for (const extra of declared) {
      try {
        const only = { arena, indicators: [indicatorOf(extra, library)] };
        for (const [key, values] of computeIndicators(series, only).numbers) numbers.set(key, values);
      } catch (error) {
        // Whatever a library throws concerns this one alone.
        refusals.push({ keys: extra.columns, reason: String(error) });
        for (const key of extra.columns) numbers.set(key, arena.newColumn(series.sessions.length));
      }
    }
    return { numbers, refusals };
  };
}

function indicatorOf({ compute, ...declared }: Extra, library: Library): Indicator {
  return { ...declared, compute: (arena, prices) => compute(arena, prices, library) };
}
