import type { Dimension } from '../../domain/indicator-column.ts';
import type { Arena } from '../arena.ts';
import type { Indicator } from '../indicator.ts';
import type { Prices } from '../price-series.ts';

/** The library whose indicators these are; it is loaded only where they are computed. */
export type Library = typeof import('technicalindicators');

/** The declaration of an indicator that is computed only when asked for; its columns are keys with their parameters. */
export interface Extra extends Omit<Indicator, 'compute' | 'namesOf'> {
  readonly dimension: Dimension;
  /** Ours where the library's values are not those of the definition. */
  readonly computedBy: 'technicalindicators' | 'barwright';
  /** As that of an indicator, but that each column begins where its own first value is. */
  readonly compute: (arena: Arena, prices: Prices, library: Library) => readonly Float64Array[];
}
