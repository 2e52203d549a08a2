import { adjustedSteps } from '../../src/domain/adjusted-steps.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import type { KnownPayment, PaidSeries } from '../../src/quality/rules/adjusted-close.ts';
import { readCsv } from './fixtures.ts';

/** Closes, adjusted closes and payments as a source tells them, oldest first. */
export interface ToldSeries {
  readonly day: Int32Array;
  readonly close: Float64Array;
  readonly adjusted: Float64Array;
  readonly payments: readonly KnownPayment[];
}

/** What a source tells, as it is judged. */
export function paidSeries({ day, close, adjusted, payments }: ToldSeries): PaidSeries {
  const told = adjustedSteps({ day, close, adjusted });
  return {
    ...{ day, close, payments, told: payments, unclear: new Set<number>() },
    steps: told?.steps ?? [],
    isCovered: (one) => told !== null && one >= told.first && one <= told.last,
  };
}

/** Recorded rows of Yahoo with their events; of dividends that have a day's gain within them the file tells both. */
export function recordedPayments(file: string): ToldSeries {
  const rows = readCsv(`bars/${file}`)
    .filter(({ Close: close }) => Number(close) > 0)
    .map((row) => ({
      day: dayNumber((row.Date ?? row.Datetime ?? '').slice(0, 10)),
      value: (name: string) => Number(row[name] ?? 0),
    }));
  rows.sort((one, other) => one.day - other.day);
  const paid = (name: string, isGain: boolean) =>
    rows.flatMap(({ day, value }) => (value(name) > 0 ? [{ day, amount: value(name), isGain }] : []));
  return {
    day: Int32Array.from(rows, ({ day }) => day),
    close: Float64Array.from(rows, ({ value }) => value('Close')),
    adjusted: Float64Array.from(rows, ({ value }) => value('Adj Close')),
    payments: [...paid('Dividends', false), ...paid('Capital Gains', true)],
  };
}
