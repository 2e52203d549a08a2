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

/** The events of a run, oldest first. */
export function readRunEvents(db: Database, runId: string) {
  return db
    .selectFrom('market.run_events')
    .select(['at', 'level', 'symbol', 'message', 'data'])
    .where('run_id', '=', runId)
    .orderBy('id')
    .execute();
}
