import { isPrice, isVolume } from '../../domain/possible-bar.ts';
import { priceFields } from '../judged-series.ts';
import type { SeriesRule } from '../rule.ts';

/** What nobody can have traded at, or traded of. */
export const noPrice: SeriesRule = {
  id: 'no_price',
  says: 'a price that is zero, negative or not finite, or a volume that is negative, not finite or more than was ever traded: error',
  judge: ({ series, rows }) =>
    rows.flatMap((row) => {
      const prices = priceFields.filter((field) => !isPrice(series[field][row] ?? NaN));
      const fields = isVolume(series.volume[row]) ? prices : [...prices, 'volume' as const];
      return fields.map((field) => {
        const evidence = { value: String(series[field][row]) };
        return { row, severity: 'error' as const, field, evidence };
      });
    }),
};
