import type { z } from 'zod';
import { isCalendarDate } from '../../domain/date-range.ts';
import { fieldOf, wrongIn, type RejectedRecord } from '../../domain/rejected-record.ts';
import { requireBelieved, requireHope } from '../believed.ts';

/** What records of a list have to be, and which field of them is a date of the market. */
interface RecordKind<Wire> {
  readonly schema: z.ZodType<Wire>;
  readonly date?: string;
}

/** The records of one page, each by itself: those that are right, and those that are not. Throws `DoubtedResponse`. */
export function readRecords<Wire>(
  records: readonly unknown[],
  { schema, date = '' }: RecordKind<Wire>,
): { readonly read: readonly Wire[]; readonly rejected: readonly RejectedRecord[] } {
  const read: Wire[] = [];
  const rejected: RejectedRecord[] = [];
  for (const record of records) {
    const { data, error } = schema.safeParse(record);
    if (error === undefined) read.push(data);
    else {
      rejected.push(rejection(record, String(error.issues[0]?.path[0] ?? ''), date));
      requireHope(rejected, records.length);
    }
  }
  requireBelieved(rejected.length, records.length, rejected);
  return { read, rejected };
}

function rejection(record: unknown, field: string, dateField: string): RejectedRecord {
  const [ticker, date] = [fieldOf(record, 'ticker'), fieldOf(record, dateField)];
  return {
    symbol: typeof ticker === 'string' && ticker !== '' ? ticker : null,
    session: typeof date === 'string' && isCalendarDate(date) ? date : null,
    field,
    wrong: wrongIn(record, field),
    record,
  };
}
