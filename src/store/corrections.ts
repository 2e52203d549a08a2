import { sql } from 'kysely';
import type { BarField } from '../domain/blocked.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** A field of a daily bar of a source. */
export interface CorrectedField {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly session: SessionDate;
  readonly field: BarField;
}

/** What a person says it is; values in the shares of the session. */
export interface Correction extends CorrectedField {
  readonly value: number;
  /** What it corrects. */
  readonly observed: number;
  /** Whose value it is; null: the person wrote it. */
  readonly takenFrom: SourceName | null;
  readonly findingId: number;
  /** `user@host`. */
  readonly person: string;
  readonly reason: string;
}

/** A correction as it stands. */
export interface StoredCorrection extends Pick<
  Correction,
  'field' | 'value' | 'observed' | 'takenFrom' | 'person' | 'reason'
> {
  /** ISO 8601. */
  readonly at: string;
}

/** Keeps a correction; another one of that field is replaced, and stays as what was known until then. */
export async function saveCorrection(tx: Transaction, correction: Correction): Promise<void> {
  const { instrumentId, source, session, field, value, observed, takenFrom, findingId, person, reason } =
    correction;
  await sql`
    insert into market.bar_corrections as known
      (instrument_id, source, session_date, field, value, observed, taken_from, finding_id, person, reason)
    values (${instrumentId}, ${source}, ${session}, ${field}, ${value}, ${observed}, ${takenFrom}, ${findingId}::bigint,
      ${person}, ${reason})
    on conflict (instrument_id, source, session_date, field) do update set value = excluded.value,
      observed = excluded.observed, taken_from = excluded.taken_from, finding_id = excluded.finding_id,
      person = excluded.person, reason = excluded.reason`.execute(tx);
}

/** The corrections of the bar that a finding is of, in the order of their fields. */
export async function correctionsOfFinding(db: Database, id: number): Promise<readonly StoredCorrection[]> {
  const { rows } = await sql<StoredCorrection>`
    select c.field, c.value, c.observed, c.taken_from as "takenFrom", c.person, c.reason,
      ${instantText(sql.ref('c.known_from'))} as at
    from market.quality_findings f join market.bar_corrections c on c.instrument_id = f.instrument_id
      and c.source = f.source and c.session_date between f.range_start and f.range_end
    where f.id = ${id}::bigint and f.interval = '1d' order by c.session_date, c.field`.execute(db);
  return rows;
}

/** The instrument that a finding is of; null: it is of none. */
export async function instrumentOfFinding(db: Database, id: number): Promise<number | null> {
  const { rows } = await sql<{ id: number | null }>`
    select instrument_id as id from market.quality_findings where id = ${id}::bigint`.execute(db);
  return rows[0]?.id ?? null;
}
