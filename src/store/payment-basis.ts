import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import type { Transaction } from './transaction.ts';

/** From a day without a bar to the next one. */
const longestGapDays = 6;

/**
 * Payments that were believed to have splits in their amounts which were only learnt now: they have what the stored bar
 * of their day, or the first one after it, has in its price, if both are of one answer; else it cannot be told. Without
 * such bars they are taken as they are told. Returns the instruments of those that changed.
 */
export async function rebasePayments(
  tx: Transaction,
  learnt: readonly { readonly instrumentId: number; readonly exDate: SessionDate }[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ instrument_id: number }>`
    with due as (
      select distinct on (action.id) action.id,
        case when bar.observed_at = action.observed_at then bar.split_basis end as basis
      from jsonb_to_recordset(${JSON.stringify(learnt)}::jsonb) as split("instrumentId" int, "exDate" date)
      join market.corporate_actions action on action.instrument_id = split."instrumentId"
        and action.amount is not null and action.ex_date < split."exDate" and action.amount_basis >= split."exDate"
      join market.daily_bars bar on bar.instrument_id = action.instrument_id and bar.source = action.source
        and bar.session_date between action.ex_date and action.ex_date + ${longestGapDays}::int
        and bar.session_date < split."exDate"
      order by action.id, bar.session_date
    )
    update market.corporate_actions action set amount_basis = coalesce(basis, ${unknownBasis}::date),
      amount = case when basis <> ${unknownBasis}::date then amount end
    from due where due.id = action.id and basis is distinct from amount_basis
    returning action.instrument_id`.execute(tx);
  return [...new Set(rows.map(({ instrument_id }) => instrument_id))];
}
