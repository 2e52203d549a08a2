import { dayNumber } from '../../domain/date-range.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { RejectedRecord } from '../../domain/rejected-record.ts';

/** Why a load is not whole of which rows were rejected: what they are of stays due. */
export const quarantinedError: LoadError = {
  kind: 'Quarantined',
  message:
    'rows that cannot be are in quarantine: barwright quality shows them, and they are asked for again',
};

/** True where a row was rejected of which it cannot be told when it is of: any bar that lacks may be it. */
export function isAnyTime(rejected: readonly RejectedRecord[]): boolean {
  return rejected.some(({ session }) => session === null);
}

/** The sessions that rejected rows are of, as days since 1970-01-01. */
export function daysOf(rejected: readonly RejectedRecord[]): readonly number[] {
  const isSession = ({ isOffSession }: RejectedRecord) => isOffSession !== true;
  return rejected.filter(isSession).flatMap(({ session }) => (session === null ? [] : dayNumber(session)));
}

/** When the bars begin that came or were rejected, epoch milliseconds, oldest first. */
export function opensWith(came: Float64Array, rejected: readonly RejectedRecord[]): Float64Array {
  const opens = rejected.flatMap(({ opensAt }) => (opensAt === undefined ? [] : Date.parse(opensAt)));
  return opens.length === 0 ? came : Float64Array.from(new Set([...came, ...opens])).sort();
}
