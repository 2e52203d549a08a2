import { sql } from 'kysely';
import { fieldBits, type BarField, type BlockedRange } from '../domain/blocked.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

interface Row {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly fields: readonly BarField[];
}

/** What of the daily bars of a source an open error says is wrong, by instrument; those without have no entry. */
export async function blockedRanges(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly BlockedRange[]>> {
  const { rows } = await sql<Row>`
    select instrument_id as id, first_session - date '1970-01-01' as "from", last_session - date '1970-01-01' as "to",
      array_agg(field) as fields
    from market.blocked_fields(${instrumentIds}::int[], ${source})
    group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  const byInstrument = Map.groupBy(rows, ({ id }) => id);
  return new Map(byInstrument.entries().map(([id, own]) => [id, own.map(rangeOf)]));
}

function rangeOf({ from, to, fields }: Row): BlockedRange {
  return { days: [from, to], fields: fieldBits(fields) };
}
