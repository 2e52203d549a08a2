import { leastScale } from '../scale.ts';
import { evident, type SeriesRule } from '../rule.ts';

const from = 8;
/** Sessions that have to hold a level before it is one. */
const holding = 2;
/** The share of the way that has to be held. */
const held = 0.5;

/** A step of the price: a level that holds is one. */
export const jump: SeriesRule = {
  id: 'jump',
  says: `close more than ${from} scales beyond the market's from the one before: warn, info once the next ${holding} sessions hold it`,
  judge: ({ series, rows, scale, market }) =>
    rows.flatMap((row) => {
      const { close, day } = series;
      const [before = NaN, value = NaN] = [close[row - 1], close[row]];
      const away = Math.log(value / before);
      if (!(Math.abs(away) > from * leastScale)) return [];
      const score = Math.abs(away) / scale(row) - market(day[row] ?? NaN);
      if (!(score > from)) return [];
      const next = close.subarray(row + 1, row + 1 + holding);
      const isHeld =
        next.length === holding && next.every((price) => Math.log(price / before) / away >= held);
      const evidence = { value, before, scale: evident(scale(row)), score: evident(score) };
      return [
        { row, severity: isHeld ? ('info' as const) : ('warn' as const), field: 'close' as const, evidence },
      ];
    }),
};
