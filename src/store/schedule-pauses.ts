import { sql } from 'kysely';
import { storableText } from '../domain/storable-text.ts';
import type { Database } from './database.ts';

/** A schedule that a person has paused, and why. */
export interface SchedulePause {
  readonly id: string;
  readonly note: string;
}

/** The pauses that Temporal had when it was last seen, by schedule. */
export async function keptPauses(db: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('market.schedule_pauses').select(['schedule_id', 'note']).execute();
  return new Map(rows.map(({ schedule_id, note }) => [schedule_id, note]));
}

/** Keeps that a schedule is paused on a server; nothing is written where that is known. */
async function keepPause(db: Database, namespaceId: string, { id, note }: SchedulePause): Promise<void> {
  await sql`insert into market.schedule_pauses as known (schedule_id, namespace_id, note)
    values (${id}, ${namespaceId}, ${storableText(note)})
    on conflict (schedule_id) do update
      set namespace_id = excluded.namespace_id, note = excluded.note, seen_at = now()
    where (known.namespace_id, known.note) is distinct from (excluded.namespace_id, excluded.note)`.execute(
    db,
  );
}

/** Forgets the pause of a schedule that fires again; one that was seen on another server alone stays. */
async function forgetPause(db: Database, namespaceId: string, id: string): Promise<void> {
  await db
    .deleteFrom('market.schedule_pauses')
    .where('schedule_id', '=', id)
    .where('namespace_id', '=', namespaceId)
    .execute();
}

/** Keeps which schedules of a server people have paused, of those that were looked at. */
export async function keepPauses(
  db: Database,
  namespaceId: string,
  seen: readonly (SchedulePause & { readonly paused: boolean })[],
): Promise<void> {
  for (const { id, note, paused } of seen) {
    if (paused) await keepPause(db, namespaceId, { id, note });
    else await forgetPause(db, namespaceId, id);
  }
}
