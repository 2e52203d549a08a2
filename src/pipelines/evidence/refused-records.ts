import type { RejectedRecord } from '../../domain/rejected-record.ts';
import { failingAlone, type Culprit } from '../containment/failing-alone.ts';
import { writeRefusal } from '../containment/lasting-cause.ts';

/**
 * Stores the records of a page, and returns those that the database refuses one by one; where it refuses all of several,
 * it is not their doing, and its error is thrown.
 */
export async function refusedAlone<T>(
  records: readonly T[],
  store: (some: readonly T[]) => Promise<void>,
): Promise<readonly Culprit<T>[]> {
  const refused = await failingAlone(records, store);
  const [first] = refused;
  if (first !== undefined && refused.length > 1 && refused.length === records.length) throw first.error;
  return refused;
}

/** A record that the database refuses, as evidence: whose it is, and what it is of. */
export function refusedRecord<T>(
  whose: Pick<RejectedRecord, 'symbol' | 'session'>,
  { item, error }: Culprit<T>,
): RejectedRecord {
  return { ...whose, field: '', wrong: writeRefusal(error).message, record: item };
}
