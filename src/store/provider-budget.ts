import { sql, type RawBuilder } from 'kysely';
import type { Lane } from '../domain/lane.ts';
import type { Database } from './database.ts';

/** Whose budget it is: one row for a provider, key and base URL, whoever works with them. */
export interface BudgetKey {
  readonly provider: string;
  /** A fingerprint: never the key. */
  readonly keyHash: string;
  readonly baseUrl: string;
}

/** What the provider allows in a UTC day, and how late a slot may be used. */
export interface DayQuota {
  readonly requests: number;
  readonly lateMs: number;
}

interface SlotWish {
  readonly count: number;
  readonly spacingMs: number;
  /** Nothing is reserved when the first slot is further away than that. */
  readonly maxWaitMs: number;
  /** Unset: live. */
  readonly lane?: Lane;
  /** Who gets none comes back for the next slot if it is that near; unset: not. */
  readonly patienceMs?: number;
  /** Others of its lane wait for the slots after these. */
  readonly others?: boolean;
  /** Unset or null: none. */
  readonly perDay?: DayQuota | null;
}

/** How far away the first slot is; whether it and the ones after it, a spacing apart, are ours. */
interface SlotReservation {
  readonly reserved: boolean;
  readonly inMs: number;
  /** It is that far because the provider has refused. */
  readonly blocked: boolean;
  /** It is that far because the day's requests are spent. */
  readonly spent: boolean;
  /** The other lane is expected at the next slot for so long. */
  readonly othersMs: number;
}

/** Longer than any honest wait, and still an interval. */
const endlessMs = 365 * 86_400_000;
/** Who has said that it comes for a slot, and is later than that, has died. */
const graceMs = 300;
/** Slots that live requests may have for each one of background requests that wait: a tenth is theirs. */
const liveSlotsAtOnce = 9;

/**
 * Reserves the next free slots in one statement, by the database's clock: generic cell rate algorithm with burst 1. A
 * slot that nobody uses is lost, never saved up. Who finds the next one too far away comes back for it, and the lane
 * that waits for it is known meanwhile: the live one goes first, nine times in a row where the other waits.
 */
export async function reserveSlots(db: Database, key: BudgetKey, wish: SlotWish): Promise<SlotReservation> {
  const { lane = 'live', count } = wish;
  const takenMs = count * wish.spacingMs;
  const mostLead = liveSlotsAtOnce * count;
  const { own, other } = waitsOf[lane];
  const slot = slotAt(wish.perDay);
  const goesFirst = lane === 'live' ? sql`live_lead < ${mostLead}::int` : sql`live_lead >= ${mostLead}::int`;
  const { rows: taken } = await sql<{ in_ms: number }>`
    update market.provider_budgets
    set next_slot_at = ${slot} + ${interval(takenMs)}, ${counted(slot, count)},
      ${own} = case when ${wish.others ?? false}::boolean then ${slot} + ${interval(takenMs + graceMs)} end,
      live_lead = case when ${lane === 'live'}::boolean then least(live_lead + ${count}::int, ${mostLead}::int) else 0 end
    from ${clock}
    where ${matches(key)} and ${slot} - clock.now <= ${interval(wish.maxWaitMs)} and not ${isSpent(slot, wish)}
      and (coalesce(${other} <= clock.now, true) or ${goesFirst})
    returning ${untilMs(sql`next_slot_at`)} - ${takenMs}::float8 as in_ms`.execute(db);
  if (taken[0] !== undefined)
    return { reserved: true, inMs: Math.max(0, taken[0].in_ms), blocked: false, spent: false, othersMs: 0 };
  const refused = await comeBack(db, key, wish);
  if (refused === null) await openBudget(db, key);
  // What stood in the way may have gone between the two.
  else if (refused.spent || refused.othersMs > 0 || refused.inMs > wish.maxWaitMs)
    return { reserved: false, ...refused };
  return reserveSlots(db, key, wish);
}

/** Notes that somebody of a lane comes for the next slot, where it is near enough, and says when that is. Null: no row. */
async function comeBack(
  db: Database,
  key: BudgetKey,
  wish: SlotWish,
): Promise<Omit<SlotReservation, 'reserved'> | null> {
  const { own, other } = waitsOf[wish.lane ?? 'live'];
  const slot = slotAt(wish.perDay);
  const spent = isSpent(slot, wish);
  const isNear = sql`${slot} - clock.now <= ${interval(wish.patienceMs ?? -1)} and not ${spent}`;
  const next = sql`case when ${spent} then ${nextDay(slot)} else ${slot} end`;
  const { rows } = await sql<Omit<SlotReservation, 'reserved'>>`
    update market.provider_budgets
    set ${own} = case when ${isNear} then ${slot} + ${interval(graceMs)} else ${own} end
    from ${clock} where ${matches(key)}
    returning greatest(0, ${untilMs(next)}) as "inMs", ${spent} as spent,
      coalesce(blocked_until > clock.now, false) as blocked,
      greatest(0, coalesce(${untilMs(other)}, 0)) as "othersMs"`.execute(db);
  return rows[0] ?? null;
}

const clock = sql`(select clock_timestamp() as now) clock`;

const waitsOf: Readonly<
  Record<Lane, { readonly own: RawBuilder<unknown>; readonly other: RawBuilder<unknown> }>
> = {
  live: { own: sql.ref('live_waits_until'), other: sql.ref('background_waits_until') },
  background: { own: sql.ref('background_waits_until'), other: sql.ref('live_waits_until') },
};

function interval(ms: number) {
  return sql`${Math.max(-endlessMs, Math.min(ms, endlessMs))}::float8 * interval '1 ms'`;
}

/** When the next slot is: of a day's quota none may be used on the day after. */
function slotAt(perDay: DayQuota | null = null) {
  const slot = sql`greatest(next_slot_at, clock.now)`;
  if (perDay === null) return slot;
  return sql`case when ${dayOf(sql`${slot} + ${interval(perDay.lateMs)}`)} > ${dayOf(slot)}
    then ${nextDay(slot)} else ${slot} end`;
}

function isSpent(slot: RawBuilder<unknown>, { count, perDay = null }: Pick<SlotWish, 'count' | 'perDay'>) {
  if (perDay === null) return sql`false`;
  return sql`(coalesce(counted_day = ${dayOf(slot)}, false) and day_requests + ${count}::int > ${perDay.requests}::int)`;
}

/** Counts requests for the minute and the UTC day of their slot. */
function counted(slot: RawBuilder<unknown>, count: number) {
  const minute = sql`date_trunc('minute', ${slot})`;
  const day = dayOf(slot);
  return sql`counted_minute = ${minute}, counted_day = ${day},
      minute_requests = case when counted_minute = ${minute} then minute_requests else 0 end + ${count}::int,
      day_requests = case when counted_day = ${day} then day_requests else 0 end + ${count}::int`;
}

function dayOf(instant: RawBuilder<unknown>) {
  return sql`((${instant}) at time zone 'UTC')::date`;
}

function nextDay(instant: RawBuilder<unknown>) {
  return sql`((${dayOf(instant)} + 1)::timestamp at time zone 'UTC')`;
}

export function untilMs(instant: RawBuilder<unknown>) {
  return sql`extract(epoch from ${instant} - clock_timestamp())::float8 * 1000`;
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
