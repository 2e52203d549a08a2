import { medianOf } from '../median.ts';
import { farthestNeighbour, fewest, mostLieBetween, neighboursOf } from '../neighbours.ts';
import { evident, type Breach, type RuleInput, type SeriesRule } from '../rule.ts';

const times = 20;
/** So many times the median is usual for certain, however it is rounded. */
const usualTimes = 19;

/** A volume out of all proportion, or none although the price has moved. */
export const volume: SeriesRule = {
  id: 'volume',
  says: `${times} times the median of 127 sessions or a ${times}th of it: warn; none in a bar with a range: error; never of what has no volume`,
  judge: ({ series, rows }) => (series.hasVolume ? rows.flatMap((row) => judgeRow(series, row)) : []),
};

function judgeRow(series: RuleInput['series'], row: number): readonly Breach[] {
  const value = series.volume[row] ?? NaN;
  const hasRange = (series.high[row] ?? NaN) > (series.low[row] ?? NaN);
  if (value === 0 && hasRange) return [{ row, field: 'volume', severity: 'error', evidence: { value } }];
  const usualRange = { least: value / usualTimes, most: value * usualTimes };
  if (mostLieBetween(series.volume, { row, within: farthestNeighbour, ...usualRange })) return [];
  const around = neighboursOf(row, series.volume.length, farthestNeighbour).map(
    (at) => series.volume[at] ?? NaN,
  );
  const usual = medianOf(around);
  if (around.length < fewest || !(usual > 0) || !(value > 0)) return [];
  const ratio = value / usual;
  if (ratio <= times && ratio >= 1 / times) return [];
  const evidence = { value, usual: evident(usual), ratio: evident(ratio) };
  return [{ row, field: 'volume', severity: 'warn', evidence }];
}
