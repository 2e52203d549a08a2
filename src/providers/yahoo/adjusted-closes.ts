import { adjustedSteps, type AdjustedSteps } from '../../domain/adjusted-steps.ts';
import type { Grid } from './grid.ts';
import { isInstant, type WireChart } from './wire.ts';

/**
 * The steps of a chart's adjusted closes over its closes; null where it has none. They are beside the bars: what is wrong
 * with them speaks against no bar.
 */
export function adjustedClosesOf({ timestamp, indicators }: WireChart, grid: Grid): AdjustedSteps | null {
  const instants = timestamp ?? [];
  const closes = indicators.quote[0].close ?? [];
  const adjusted = indicators.adjclose?.[0].adjclose ?? [];
  if (adjusted.length !== instants.length) return null;
  const rows = new Map<number, number>();
  for (const [row, seconds] of instants.entries()) {
    const day = isInstant(seconds) ? grid(seconds * 1000) : 'offSession';
    // The live row comes last.
    if (typeof day === 'number') rows.set(day, row);
  }
  const day = [...rows.keys()].sort((one, other) => one - other);
  const column = (values: readonly unknown[]) =>
    Float64Array.from(day, (one) => {
      const value = values[rows.get(one) ?? -1];
      return typeof value === 'number' ? value : NaN;
    });
  return adjustedSteps({ day, close: column(closes), adjusted: column(adjusted) });
}
