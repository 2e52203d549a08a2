import { sql } from 'kysely';
import type { ReferenceList } from '../domain/instrument.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** A list of a source. */
export interface ListKey {
  readonly source: SourceName;
  readonly list: ReferenceList;
}

/** When a list was last read whole, and what has been seen of it since that was not believed. */
export interface ReferenceSync {
  readonly completedAt: Date;
  /** Names on it then. */
  readonly instruments: number;
  /** Days, New York, on which it was as short as it was last seen, one after the other. */
  readonly doubtedDays: number;
  /** When it was last seen too short; null: not since it was whole. */
  readonly doubtedAt: Date | null;
  /** Names on it then. */
  readonly doubtedInstruments: number | null;
}

/** The last whole reading of a list; null when there was none. */
export async function lastSync(db: Database, { source, list }: ListKey): Promise<ReferenceSync | null> {
  const { rows } = await sql<ReferenceSync>`
    select completed_at as "completedAt", instruments, doubted_days as "doubtedDays", doubted_at as "doubtedAt",
      doubted_instruments as "doubtedInstruments"
    from market.reference_syncs where source = ${source} and list = ${list}`.execute(db);
  return rows[0] ?? null;
}

/** Records that a list was read whole, now. */
export async function recordSync(
  db: Database,
  { source, list }: ListKey,
  instruments: number,
): Promise<void> {
  await sql`insert into market.reference_syncs (source, list, instruments, completed_at)
    values (${source}, ${list}, ${instruments}, ${new Date()})
    on conflict (source, list) do update set instruments = excluded.instruments,
      completed_at = excluded.completed_at, doubted_days = 0, doubted_at = null, doubted_instruments = null`.execute(
    db,
  );
}

/** Records that a list was too short to be believed; the last whole one stays what others are held against. */
export async function recordDoubt(
  db: Database,
  { source, list }: ListKey,
  { instruments, days, at }: { readonly instruments: number; readonly days: number; readonly at: Date },
): Promise<void> {
  await sql`update market.reference_syncs
    set doubted_days = ${days}, doubted_at = ${at}, doubted_instruments = ${instruments}
    where source = ${source} and list = ${list}`.execute(db);
}
