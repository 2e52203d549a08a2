import { leastScale } from '../scale.ts';
import { evident, type Breach, type RuleInput, type SeriesRule } from '../rule.ts';

const from = 8;
const takenBack = 0.75;

/** An open that the session itself takes back. */
export const openSpike: SeriesRule = {
  id: 'open_spike',
  says: `open more than ${from} scales from the close before, three quarters taken back by the close: error`,
  judge: (input) =>
    spikesOf(input, 'open', ({ open, close }, row) => [close[row - 1], open[row], close[row]]),
};

/** A close that the next session takes back. */
export const closeSpike: SeriesRule = {
  id: 'close_spike',
  says: `close more than ${from} scales from the one before, three quarters taken back by the next: error`,
  judge: (input) =>
    spikesOf(input, 'close', ({ close }, row) => [close[row - 1], close[row], close[row + 1]]),
};

type Three = readonly [number | undefined, number | undefined, number | undefined];

function spikesOf(
  { series, rows, scale }: RuleInput,
  field: 'open' | 'close',
  pricesAt: (series: RuleInput['series'], row: number) => Three,
): readonly Breach[] {
  return rows.flatMap((row) => {
    const [before = NaN, value = NaN, after = NaN] = pricesAt(series, row);
    const away = Math.log(value / before);
    const back = Math.log(value / after);
    if (!(Math.abs(away) > from * leastScale) || !(back / away >= takenBack)) return [];
    const score = Math.abs(away) / scale(row);
    if (!(score > from)) return [];
    const evidence = { value, before, after, scale: evident(scale(row)), score: evident(score) };
    return [{ row, severity: 'error' as const, field, evidence }];
  });
}
