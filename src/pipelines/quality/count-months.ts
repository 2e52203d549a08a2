import { addDays, dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import type { ComparedCell } from '../../quality/reconcile-series.ts';
import type { MonthAgreement } from '../../store/source-agreement.ts';

/** The months that a range touches, from the first day of the first to the last of the last. */
export function wholeMonths({ from, to }: DateRange): DateRange {
  const next = addDays(`${to.slice(0, 7)}-28`, 4);
  return { from: `${from.slice(0, 7)}-01`, to: addDays(`${next.slice(0, 7)}-01`, -1) };
}

interface PairOf {
  readonly instrumentId: number;
  readonly sources: readonly [own: SourceName, other: SourceName];
}

/** The cells of whole months, counted by month and field. */
export function countMonths(
  { instrumentId, sources: [source, other] }: PairOf,
  cells: readonly ComparedCell[],
  months: DateRange,
): readonly MonthAgreement[] {
  const counted = new Map<
    string,
    { within: number; beyond: number } & Omit<MonthAgreement, 'within' | 'beyond'>
  >();
  const [first, last] = [dayNumber(months.from), dayNumber(months.to)];
  // The cells of a session follow each other.
  let [told, month] = [NaN, ''];
  for (const { day, field, isWithin } of cells) {
    if (day < first || day > last) continue;
    if (day !== told) [told, month] = [day, `${dateOfDayNumber(day).slice(0, 7)}-01`];
    const key = `${month} ${field}`;
    const count = counted.get(key) ?? { instrumentId, source, other, month, field, within: 0, beyond: 0 };
    count[isWithin ? 'within' : 'beyond'] += 1;
    counted.set(key, count);
  }
  return [...counted.values()];
}
