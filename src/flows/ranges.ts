import type { DateRange } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';

interface Dates {
  readonly startDate: string;
  readonly endDate: string;
}

/** The range of two dates; throws `ContradictoryParameters` for a reversed one. */
export function rangeOf({ startDate: from, endDate: to }: Dates): DateRange {
  if (from <= to) return { from, to };
  const message = `the range is reversed: ${from} is after ${to}`;
  throw new ContradictoryParameters('startDate', message, 'swap the two dates');
}

/** A range that has begun by a nominal time, exchange date; throws `ContradictoryParameters`. */
export function begunRange(dates: Dates, nominalTime: string): DateRange {
  const range = rangeOf(dates);
  const today = exchangeDate(Date.parse(nominalTime));
  if (range.from <= today) return range;
  const message = `the range begins in the future: ${range.from}`;
  throw new ContradictoryParameters('startDate', message, `begin at ${today} or earlier`);
}
