import { sql } from 'kysely';
import type { Database } from './database.ts';
import { matches, nextSlotInMs, type BudgetKey } from './provider-budget.ts';

/** What a provider allows; null: as many a day as the minutes have. */
export interface Quota {
  readonly perMinute: number;
  readonly perDay: number | null;
}

/** Requests of the clock's minute and of the UTC day so far. */
export interface SpentBudget {
  readonly minute: number;
  readonly day: number;
}

export async function readSpent(db: Database, key: BudgetKey): Promise<SpentBudget> {
  const { rows } = await sql<SpentBudget>`
    select case when counted_minute = date_trunc('minute', clock_timestamp()) then minute_requests else 0 end as minute,
      case when counted_day = (clock_timestamp() at time zone 'UTC')::date then day_requests else 0 end as day
    from market.provider_budgets where ${matches(key)}`.execute(db);
  return rows[0] ?? { minute: 0, day: 0 };
}

/** How many requests the budget gives within the next minute, of those that the day has left. */
export async function quotaLeft(db: Database, key: BudgetKey, quota: Quota): Promise<number> {
  const free = Math.max(0, 1 - (await nextSlotInMs(db, key)) / 60_000);
  const inAMinute = Math.floor(free * quota.perMinute);
  if (quota.perDay === null) return inAMinute;
  const { day } = await readSpent(db, key);
  return Math.min(inAMinute, Math.max(0, quota.perDay - day));
}
