/** What a value is measured in: a split divides prices and multiplies volumes. */
export type Dimension = 'price' | 'volume' | 'none';

/** A column of computed values: numbers, or lists of names. */
export interface IndicatorColumn {
  readonly name: string;
  readonly kind: 'number' | 'names';
  readonly dimension: Dimension;
}
