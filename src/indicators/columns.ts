import type { Dimension, IndicatorColumn } from '../domain/indicator-column.ts';
import { indicators } from './registry.ts';

export { extraColumns } from './extra/extras.ts';

/** Indicators whose values are prices or volumes; all others are pure numbers. */
const dimensions: Readonly<Record<string, Dimension>> = {
  sma: 'price',
  ema: 'price',
  macd: 'price',
  bollinger: 'price',
  atr: 'price',
  true_range: 'price',
  obv: 'volume',
};

/** Every column, in the order of the registry. */
export const indicatorColumns: readonly IndicatorColumn[] = indicators.flatMap(({ name, columns, namesOf }) =>
  columns.map((column): IndicatorColumn => {
    return { name: column, kind: namesOf ? 'names' : 'number', dimension: dimensions[name] ?? 'none' };
  }),
);
