import { sql } from 'kysely';
import type { Database } from './database.ts';
import { matches, openBudget, untilMs, type BudgetKey } from './provider-budget.ts';

/** What stands between a request and its provider. */
export interface ProviderRefusals {
  /** For too many requests, in a row; 0: none since a request was served. */
  readonly count: number;
  /** Nothing is sent for so long; 0: that time is over. */
  readonly blockedMs: number;
  /** The one request that is under way after a block may take that long; 0: there is none. */
  readonly trialMs: number;
}

export const noRefusals: ProviderRefusals = { count: 0, blockedMs: 0, trialMs: 0 };

/** How a provider stands, by the database's clock. */
export async function readRefusals(db: Database, key: BudgetKey): Promise<ProviderRefusals> {
  const { rows } = await sql<ProviderRefusals>`
    select refusals as count, greatest(0, coalesce(${untilMs(sql`blocked_until`)}, 0)) as "blockedMs",
      greatest(0, coalesce(${untilMs(sql`trial_until`)}, 0)) as "trialMs"
    from market.provider_budgets where ${matches(key)}`.execute(db);
  return rows[0] ?? noRefusals;
}

/** A refusal, and what its request knew of those before it when it left. */
export interface NewRefusal {
  readonly known: number;
  readonly wishMs: number;
  /** The least to wait after the first one, the second in a row, and so on. */
  readonly usualMs: readonly number[];
}

/**
 * Lets nobody send anything for as long as is usual, or as the provider wishes where that is longer; returns for how long.
 * Several requests may be under way when the first of them is refused: the others' refusals are no further ones in a row.
 */
export async function noteRefusal(
  db: Database,
  key: BudgetKey,
  { known, wishMs, usualMs }: NewRefusal,
): Promise<number> {
  await openBudget(db, key);
  const wait = (count: ReturnType<typeof sql>) =>
    sql`greatest(${wishMs}::float8, (${usualMs}::float8[])[least(${count}, ${usualMs.length}::int)])`;
  const count = sql`case when refusals > ${known}::int then refusals else refusals + 1 end`;
  const until = sql`clock_timestamp() + ${wait(count)} * interval '1 ms'`;
  const { rows } = await sql<{ wait_ms: number }>`
    update market.provider_budgets
    set refusals = ${count}, blocked_until = greatest(blocked_until, ${until}),
      next_slot_at = greatest(next_slot_at, ${until}), trial_by = null, trial_until = null
    where ${matches(key)} returning ${wait(sql`refusals`)} as wait_ms`.execute(db);
  return rows[0]?.wait_ms ?? 0;
}

/** Lets nobody send anything for so long: moves the end of a block forward, never back. One request goes first then. */
export async function blockBudget(db: Database, key: BudgetKey, forMs: number): Promise<void> {
  await openBudget(db, key);
  const until = sql`clock_timestamp() + ${forMs} * interval '1 ms'`;
  await sql`update market.provider_budgets
    set refusals = greatest(refusals, 1), blocked_until = greatest(blocked_until, ${until}),
      next_slot_at = greatest(next_slot_at, ${until}), trial_by = null, trial_until = null
    where ${matches(key)}`.execute(db);
}

/** Whose one request after a block it is, and for how long it counts as under way. */
interface Trial {
  readonly by: string;
  readonly forMs: number;
}

/** True when the one request after a block is this one: the block is over, and no other is under way. */
export async function claimTrial(db: Database, key: BudgetKey, { by, forMs }: Trial): Promise<boolean> {
  const isOver = (instant: ReturnType<typeof sql>) => sql`coalesce(${instant} <= clock_timestamp(), true)`;
  const { rows } = await sql`update market.provider_budgets
    set trial_by = ${by}, trial_until = clock_timestamp() + ${forMs} * interval '1 ms'
    where ${matches(key)} and refusals > 0 and ${isOver(sql`blocked_until`)} and ${isOver(sql`trial_until`)}
    returning trial_by`.execute(db);
  return rows.length > 0;
}

/** Ends the one request after a block: served, others follow; else another one is the next. Nothing where it was lost. */
export async function endTrial(
  db: Database,
  key: BudgetKey,
  { by, served }: { readonly by: string; readonly served: boolean },
): Promise<void> {
  await sql`update market.provider_budgets
    set trial_by = null, trial_until = null, refusals = case when ${served}::boolean then 0 else refusals end,
      blocked_until = case when ${served}::boolean then null else blocked_until end
    where ${matches(key)} and trial_by = ${by}`.execute(db);
}
