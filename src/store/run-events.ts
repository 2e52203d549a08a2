import { sql } from 'kysely';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';

export interface RunEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly symbol?: string;
  readonly message: string;
  readonly data?: object;
}

/** What a run says of itself, for `runs logs`; many at once. */
export async function addRunEvents(db: Database, runId: string, events: readonly RunEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into market.run_events (run_id, level, symbol, message, data)
    select ${runId}, level, symbol, message, data
    from jsonb_to_recordset(${jsonOf(events)}::jsonb)
      as e(level text, symbol text, message text, data jsonb)`.execute(db);
}

/** An event that says of which kind it is. */
export interface KindOfEvent extends RunEvent {
  readonly data: { readonly kind: string; readonly [more: string]: unknown };
}

/** Says something of a run unless it has said something of that kind within the last minutes: a long run waits thousands of times. */
export async function noteSeldom(db: Database, runId: string, event: KindOfEvent): Promise<void> {
  const { rows } = await sql`select from market.run_events where run_id = ${runId}
    and data ->> 'kind' = ${event.data.kind} and at > now() - interval '5 minutes' limit 1`.execute(db);
  if (rows.length === 0) await addRunEvents(db, runId, [event]);
}

/** Whether a run has an event of that kind. */
export async function hasRunEvent(db: Database, runId: string, kind: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from market.run_events where run_id = ${runId} and data ->> 'kind' = ${kind} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** How many events of that kind a run has. */
export async function countRunEvents(db: Database, runId: string, kind: string): Promise<number> {
  const { rows } = await sql<{ events: number }>`
    select count(*)::int as events from market.run_events
    where run_id = ${runId} and data ->> 'kind' = ${kind}`.execute(db);
  return rows[0]?.events ?? 0;
}

/** An event as it is kept. */
export interface StoredEvent {
  /** Grows with each event; digits. */
  readonly id: string;
  readonly at: Date;
  readonly level: string;
  readonly symbol: string | null;
  readonly message: string;
  readonly data: object | null;
}

/** The events of a run after the one of that id, or all of them, oldest first. */
export async function readRunEvents(
  db: Database,
  runId: string,
  after = '0',
): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<StoredEvent>`
    select id::text, at, level, symbol, message, data from market.run_events
    where run_id = ${runId} and id > ${after}::bigint order by market.run_events.id`.execute(db);
  return rows;
}
