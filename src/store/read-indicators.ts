import type { DateRange } from '../domain/date-range.ts';
import type { IndicatorColumn } from '../domain/indicator-column.ts';
import type { SessionDate } from '../domain/session.ts';
import { sql, type RawBuilder } from 'kysely';
import { rowsAsOf, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import { extrasInShares } from './extra-values.ts';
import type { MissingReason } from '../domain/blocked.ts';
import type { SourceName } from '../domain/source.ts';

interface IndicatorsWish {
  readonly instrumentIds: readonly number[];
  readonly source: SourceName;
  readonly range: DateRange;
  readonly columns: readonly IndicatorColumn[];
  /** What is known of extras; null: they are not wanted. */
  readonly extra: readonly IndicatorColumn[] | null;
  /** What was known then; unset: what is known now. */
  readonly asOf?: AsOf;
}

/** A stored row in the shares of today; null where there is no value. */
export interface IndicatorRow {
  readonly session: SessionDate;
  readonly values: Readonly<Record<string, number | readonly string[] | null>>;
  /** Why values lack; null: none does. */
  readonly reason: MissingReason | null;
  /** By key; null where they were not computed, or are not wanted. */
  readonly extra: Readonly<Record<string, number | null>> | null;
}

type StoredRow = Record<string, number | readonly string[] | null> & {
  readonly instrument_id: number;
  readonly session_date: SessionDate;
  readonly reason: IndicatorRow['reason'];
};
type ExtraPart = Partial<{ readonly extra: IndicatorRow['extra']; readonly ratio: number }>;

function inSharesOfToday({ name, dimension }: IndicatorColumn): RawBuilder<unknown> {
  const column = sql.ref(`stored.${name}`);
  if (dimension === 'none') return column;
  return dimension === 'price'
    ? sql`${column} / ratio as ${sql.ref(name)}`
    : sql`${column} * ratio as ${sql.ref(name)}`;
}

/** The stored rows of instruments by their ids, oldest first: splits since they were computed are taken into account. */
export async function readIndicatorsOfMany(
  db: Database,
  { instrumentIds, source, range, columns, extra: keys, asOf }: IndicatorsWish,
): Promise<ReadonlyMap<number, readonly IndicatorRow[]>> {
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const extras = keys === null ? sql`` : sql`, stored.extra, ratio`;
  const { rows } = await sql<StoredRow & ExtraPart>`
    with stored as materialized (
      select * from ${rowsAsOf('indicators', 'indicator', asOf)} row
      where instrument_id = any(${instrumentIds}::int[]) and source = ${source}
        and session_date between ${range.from} and ${range.to}
    ), bases as materialized (
      select instrument_id, split_basis,
        market.share_ratio(instrument_id, coalesce(split_basis, '-infinity'), 'infinity', false${then}) as ratio
      from (select distinct instrument_id, split_basis from stored) basis
    )
    select stored.instrument_id, stored.session_date, stored.reason, ${sql.join(columns.map(inSharesOfToday))}${extras}
    from stored join bases on bases.instrument_id = stored.instrument_id
      and bases.split_basis is not distinct from stored.split_basis
    order by stored.instrument_id, stored.session_date`.execute(db);
  const byInstrument = Map.groupBy(rows, ({ instrument_id: id }) => id);
  return new Map(
    byInstrument.entries().map(([id, own]) => [id, own.map((row) => rowOf(row, columns, keys))]),
  );
}

function rowOf(
  row: StoredRow & ExtraPart,
  columns: readonly IndicatorColumn[],
  keys: readonly IndicatorColumn[] | null,
): IndicatorRow {
  return {
    extra: row.extra && keys ? extrasInShares(keys, row.extra, row.ratio ?? 1) : null,
    session: row.session_date,
    values: Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])),
    reason: row.reason,
  };
}

/** The stored rows of one instrument, oldest first. */
export async function readIndicators(
  db: Database,
  { instrumentId, ...wish }: Omit<IndicatorsWish, 'instrumentIds'> & { readonly instrumentId: number },
): Promise<readonly IndicatorRow[]> {
  return (await readIndicatorsOfMany(db, { ...wish, instrumentIds: [instrumentId] })).get(instrumentId) ?? [];
}
