import { dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { decadesAndYears } from '../migrations/partitions.ts';

/** A partition of the daily bars. */
interface DailyPartition {
  readonly table: string;
  /** Whether the bars of a day, since 1970-01-01, are in it. */
  readonly holds: (day: number) => boolean;
}

const cut = decadesAndYears.map(({ suffix, from, to }) => {
  return { table: `market.daily_bars_${suffix}`, first: dayNumber(from), end: dayNumber(to) };
});

/** The partitions that have, or would have, the daily bars from one session to another. */
export function dailyPartitions(first: SessionDate, last: SessionDate): readonly DailyPartition[] {
  const [from, to] = [dayNumber(first), dayNumber(last)];
  const isCut = (day: number) => cut.some((one) => day >= one.first && day < one.end);
  const partitions: DailyPartition[] = cut
    .filter((one) => one.first <= to && one.end > from)
    .map((one) => ({ table: one.table, holds: (day) => day >= one.first && day < one.end }));
  if (!isCut(from) || !isCut(to))
    partitions.push({ table: 'market.daily_bars_other', holds: (day) => !isCut(day) });
  return partitions;
}
