import { sql } from 'kysely';
import type { BarField } from '../domain/blocked.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import type { Transaction } from './transaction.ts';

/** How many cells of a month, one of its first day, two sources tell alike. */
export interface MonthAgreement {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly other: SourceName;
  readonly month: SessionDate;
  readonly field: BarField;
  readonly within: number;
  readonly beyond: number;
}

interface Counted {
  readonly instrumentIds: readonly number[];
  readonly sources: readonly [own: SourceName, other: SourceName];
  /** From the first day of a month to the last of one. */
  readonly months: DateRange;
}

/** Puts the counts of whole months in place of those before: done twice they are the same. */
export async function writeAgreement(
  tx: Transaction,
  runId: string,
  { instrumentIds, sources: [source, other], months }: Counted,
  counts: readonly MonthAgreement[],
): Promise<void> {
  await sql`
    delete from market.source_agreement
    where instrument_id = any(${instrumentIds}::int[]) and source = ${source} and other_source = ${other}
      and month between ${months.from}::date and ${months.to}::date`.execute(tx);
  if (counts.length === 0) return;
  await sql`
    insert into market.source_agreement (instrument_id, source, other_source, month, field, within, beyond, run_id)
    select "instrumentId", source, other, month, field, within, beyond, ${runId}::uuid
    from jsonb_to_recordset(${jsonOf(counts)}::jsonb) as f("instrumentId" int, source text, other text, month date,
      field text, within int, beyond int)
    order by "instrumentId", month, field
    on conflict (instrument_id, source, other_source, month, field)
      do update set within = excluded.within, beyond = excluded.beyond, run_id = excluded.run_id`.execute(tx);
}

/** The cells of a month and field of two sources, over some instruments. */
export interface AgreementShare extends Omit<MonthAgreement, 'instrumentId'> {
  /** Of all cells, those within the tolerance. */
  readonly share: number;
}

/** How far two sources agree by month and field, oldest first; null: of all instruments. */
export async function readAgreement(
  db: Database,
  { instrumentIds, range }: { readonly instrumentIds: readonly number[] | null; readonly range: DateRange },
): Promise<readonly AgreementShare[]> {
  const { rows } = await sql<AgreementShare>`
    select source, other_source as other, month, field, sum(within)::int as within, sum(beyond)::int as beyond,
      sum(within)::float8 / sum(within + beyond) as share
    from market.source_agreement
    where (${instrumentIds}::int[] is null or instrument_id = any(${instrumentIds}::int[]))
      and month between date_trunc('month', ${range.from}::date) and ${range.to}::date
    group by source, other_source, month, field
    order by source, other_source, month, array_position(array['open', 'high', 'low', 'close', 'volume'], field)`.execute(
    db,
  );
  return rows;
}
