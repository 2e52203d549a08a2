import { z } from 'zod';
import type { DateRange } from '../domain/date-range.ts';
import { checkedArguments, InvalidInput } from './input.ts';
import { inBrief } from './input-problems.ts';
import { date } from './parameters.ts';
import { begunRange } from './ranges.ts';

/** A range by either of its names, as on the command line. */
const rangeOrder = z.strictObject({
  from: date.optional(),
  to: date.optional(),
  startDate: date.optional(),
  endDate: date.optional(),
});

/** Who gives an order, as it says. */
const origin = z.strictObject({ by: z.string('a name, such as user@host').optional() });

/** Throws `InvalidInput` unless arguments say nothing but who gives an order. */
export function requireOrigin(of: string, args: readonly unknown[]): void {
  checkedArguments(of, origin, args);
}

/**
 * The range that the arguments of an order name, as it may be asked at a nominal time. Throws `InvalidInput` or
 * `ContradictoryParameters`.
 */
export function rangeOrdered(args: readonly unknown[], nominalTime: string): DateRange {
  const { from, to, startDate = from, endDate = to } = checkedArguments('changeRange', rangeOrder, args);
  requireOneName('startDate', from, startDate);
  requireOneName('endDate', to, endDate);
  if (startDate === undefined) throw missing('startDate', 'from');
  if (endDate === undefined) throw missing('endDate', 'to');
  return begunRange({ startDate, endDate }, nominalTime);
}

function missing(field: string, other: string): InvalidInput {
  const wish = `a date, or ${other} in its place`;
  return new InvalidInput('changeRange', [{ field, wish, found: null }]);
}

function requireOneName(field: string, other: string | undefined, named: string | undefined): void {
  if (other === undefined || other === named) return;
  const wish = `the same as its other name, ${other}`;
  throw new InvalidInput('changeRange', [{ field, wish, found: inBrief(named) }]);
}
