import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { Database } from './database.ts';

/** A run that asks again, some days apart, for what a repair has not brought. */
export interface OpenReask {
  readonly startedAt: Date;
  readonly afterSeconds: readonly number[];
  /** Null: every session. */
  readonly range: DateRange | null;
  /** Null: every symbol; of very many the first ones alone are known. */
  readonly symbols: readonly string[] | null;
}

/** Those under way, the oldest first. */
export async function openReasks(db: Database): Promise<readonly OpenReask[]> {
  const { rows } = await sql<OpenReask>`
    select started_at as "startedAt", coalesce(parameters -> 'againAfterSeconds', '[]') as "afterSeconds",
      nullif(parameters -> 'range', 'null') as range, parameters -> 'symbols' as symbols
    from market.runs where flow = 'reask-gaps' and closed_at is null order by started_at, run_id`.execute(db);
  return rows;
}
