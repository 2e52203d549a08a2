import { sql, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** Whose budget it is: one row for a provider, key and base URL, whoever works with them. */
export interface BudgetKey {
  readonly provider: string;
  /** A fingerprint: never the key. */
  readonly keyHash: string;
  readonly baseUrl: string;
}

interface SlotWish {
  readonly count: number;
  readonly spacingMs: number;
  /** Nothing is reserved when the first slot is further away than that. */
  readonly maxWaitMs: number;
}

/** How far away the first slot is; whether it and the ones after it, a spacing apart, are ours. */
interface SlotReservation {
  readonly reserved: boolean;
  readonly inMs: number;
  /** It is that far because the provider has refused. */
  readonly blocked: boolean;
}

/** Longer than any honest wait, and still an interval. */
const endlessMs = 365 * 86_400_000;

/**
 * Reserves the next free slots in one statement, by the database's clock: generic cell rate algorithm with burst 1. A
 * slot that nobody uses is lost, never saved up.
 */
export async function reserveSlots(db: Database, key: BudgetKey, wish: SlotWish): Promise<SlotReservation> {
  await openBudget(db, key);
  const takenMs = wish.count * wish.spacingMs;
  const { rows: taken } = await sql<{ in_ms: number }>`
    update market.provider_budgets
    set next_slot_at = greatest(next_slot_at, clock_timestamp()) + ${takenMs} * interval '1 ms'
    where ${matches(key)} and next_slot_at - clock_timestamp() <= ${Math.min(wish.maxWaitMs, endlessMs)} * interval '1 ms'
    returning ${untilMs(sql`next_slot_at`)} - ${takenMs} as in_ms`.execute(db);
  if (taken[0] !== undefined) return { reserved: true, inMs: Math.max(0, taken[0].in_ms), blocked: false };
  const { rows } = await sql<{ in_ms: number; blocked: boolean }>`
    select ${untilMs(sql`next_slot_at`)} as in_ms, coalesce(blocked_until > clock_timestamp(), false) as blocked
    from market.provider_budgets where ${matches(key)}`.execute(db);
  const { in_ms = 0, blocked = false } = rows[0] ?? {};
  return { reserved: false, inMs: Math.max(0, in_ms), blocked };
}

export function untilMs(instant: RawBuilder<unknown>) {
  return sql`extract(epoch from ${instant} - clock_timestamp())::float8 * 1000`;
}

/** How many requests the budget gives within the next period, the spacing of its slots being known. */
export async function quotaLeft(
  db: Database,
  key: BudgetKey,
  { periodMs, requests }: { readonly periodMs: number; readonly requests: number },
): Promise<number> {
  const free = Math.max(0, 1 - (await nextSlotInMs(db, key)) / periodMs);
  return Math.floor(free * requests);
}

/** How far away the next slot is that nobody has. */
export async function nextSlotInMs(db: Database, key: BudgetKey): Promise<number> {
  const { rows } = await sql<{ in_ms: number }>`
    select greatest(0, ${untilMs(sql`next_slot_at`)}) as in_ms from market.provider_budgets where ${matches(key)}`.execute(
    db,
  );
  return rows[0]?.in_ms ?? 0;
}

export async function openBudget(db: Database, { provider, keyHash, baseUrl }: BudgetKey): Promise<void> {
  await sql`insert into market.provider_budgets (provider, key_hash, base_url, next_slot_at)
    values (${provider}, ${keyHash}, ${baseUrl}, clock_timestamp()) on conflict do nothing`.execute(db);
}

export function matches({ provider, keyHash, baseUrl }: BudgetKey) {
  return sql`provider = ${provider} and key_hash = ${keyHash} and base_url = ${baseUrl}`;
}
