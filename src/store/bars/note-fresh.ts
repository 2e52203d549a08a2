import { sql } from 'kysely';
import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { Transaction } from '../transaction.ts';
import { isSettled } from './encode-bars.ts';
import type { BarOrigin, IncomingBars } from './incoming-bars.ts';

/** The days of one instrument and month that have come. */
interface Month {
  readonly instrumentId: number;
  /** Its first day, since 1970-01-01. */
  readonly first: number;
  settled: number;
  provisional: number;
}

/** Notes daily bars that were copied past the triggers which keep the masks of covered days. */
export async function noteFresh(
  tx: Transaction,
  { source }: Pick<BarOrigin, 'source'>,
  bars: readonly IncomingBars[],
): Promise<void> {
  const months = monthsOf(bars);
  await sql`select market.note_daily_copied(${source}, ${months.map(({ instrumentId }) => instrumentId)}::int[],
    ${months.map(({ first }) => first)}::int[], ${months.map(({ settled }) => settled)}::int[],
    ${months.map(({ provisional }) => provisional)}::int[])`.execute(tx);
}

function monthsOf(incoming: readonly IncomingBars[]): readonly Month[] {
  const firstOf = monthsByDay();
  const months = new Map<number, Month>();
  for (const part of incoming)
    for (let row = 0; row < part.bars.length; row += 1) {
      const [instrumentId = NaN, day = NaN] = [part.instrumentIds[row], part.bars.day[row]];
      const first = firstOf(day);
      const key = instrumentId * mostDays + first;
      let month = months.get(key);
      if (month === undefined) months.set(key, (month = { instrumentId, first, settled: 0, provisional: 0 }));
      month[isSettled(part, row) ? 'settled' : 'provisional'] |= 1 << (day - first);
    }
  return [...months.values()];
}

/** More than any day number, of the past or to come. */
const mostDays = 2 ** 20;

/** The first day of the month of a day; each is worked out once. */
function monthsByDay(): (day: number) => number {
  const known = new Map<number, number>();
  return (day) => {
    let first = known.get(day);
    if (first === undefined) known.set(day, (first = dayNumber(`${dateOfDayNumber(day).slice(0, 7)}-01`)));
    return first;
  };
}
