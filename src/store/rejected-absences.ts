import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { BarSeries } from './bar-layout.ts';
import type { Transaction } from './transaction.ts';

/** The sessions within a range whose records a person has rejected. */
export async function rejectedRanges(
  tx: Transaction,
  { instrumentId, source, interval }: BarSeries,
  { from, to }: DateRange,
): Promise<readonly DateRange[]> {
  const { rows } = await sql<DateRange>`
    select greatest(session_date, ${from}::date) as "from", least(last_session, ${to}::date) as "to"
    from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and reason = 'rejected'
      and opens_at is null and session_date <= ${to}::date and last_session >= ${from}::date`.execute(tx);
  return rows;
}

/** Forgets that a person has rejected bars of parts of sessions within a range. */
export async function forgetRejectedParts(
  tx: Transaction,
  { instrumentId, source, interval }: BarSeries,
  { from, to }: DateRange,
): Promise<void> {
  await sql`delete from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and reason = 'rejected'
      and opens_at is not null and session_date between ${from}::date and ${to}::date`.execute(tx);
}
