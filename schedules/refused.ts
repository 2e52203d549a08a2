import { wholeRefusal } from '../src/temporal/server-refusals.ts';
import { whileUnmapped, type Patience } from '../src/temporal/unmapped-attributes.ts';

/** A schedule could not be made what is declared. */
export class ScheduleRefused extends Error {
  override readonly name = 'ScheduleRefused';
  constructor(schedule: string, reason: string, options: ErrorOptions) {
    super(`the schedule ${schedule}: ${reason}`, options);
  }
}

/**
 * Says of a refusal of the server which schedule it is about, and why: `ScheduleRefused`. One for search attributes that the
 * server does not know yet is waited out.
 */
export async function toldWhole<T>(
  schedule: string,
  patience: Patience | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await whileUnmapped(work, patience);
  } catch (error) {
    const reason = wholeRefusal(error);
    if (reason === null) throw error;
    throw new ScheduleRefused(schedule, reason, { cause: error });
  }
}
