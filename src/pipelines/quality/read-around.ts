import { addDays, dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import { farthestNeighbour } from '../../quality/neighbours.ts';
import { copyBars, decodeBars, type StoredSeries } from '../../store/bar-series.ts';
import { mayHaveBarsAfter } from '../../store/session-counts.ts';
import type { Transaction } from '../../store/transaction.ts';

/** Calendar days that have as many sessions as a bar is held against, whatever closes. */
const nearDays = 100;
/** Those in which what trades now and then has as many bars. */
const farDays = 400;
/** Of a longer range what is around is the lesser part. */
const shortRange = 60;

interface JudgedRange {
  readonly source: SourceName;
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
}

/** The daily bars of a range, by instrument, with those on either side that rules hold them against. */
export async function readAround(
  tx: Transaction,
  query: JudgedRange,
): Promise<ReadonlyMap<number, StoredSeries>> {
  const { source, range } = query;
  const [from, to] = [dayNumber(range.from), dayNumber(range.to)];
  if (to - from > shortRange) return readWithin(tx, query, farDays);
  const near = await readWithin(tx, query, nearDays);
  const goesOn = await mayHaveBarsAfter(tx, source, addDays(range.to, nearDays));
  const lacksAny = ({ day }: StoredSeries) => {
    const before = day.findIndex((one) => one >= from);
    const after = day.length - day.findLastIndex((one) => one <= to) - 1;
    return before < farthestNeighbour || (goesOn && after < farthestNeighbour);
  };
  const thin = [...near].filter(([, bars]) => lacksAny(bars)).map(([id]) => id);
  if (thin.length === 0) return near;
  return new Map([...near, ...(await readWithin(tx, { ...query, instrumentIds: thin }, farDays))]);
}

/** The daily bars of a range and of so many calendar days before and after it. */
export async function readWithin(
  tx: Transaction,
  { source, instrumentIds, range: { from, to } }: JudgedRange,
  days: number,
): Promise<ReadonlyMap<number, StoredSeries>> {
  const span = { since: addDays(from, -days), through: addDays(to, days) };
  return decodeBars(await copyBars(tx, { instrumentIds, source, ...span }));
}
