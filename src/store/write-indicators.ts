import { sql, type RawBuilder } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { IndicatorColumn } from '../domain/indicator-column.ts';
import type { SourceName } from '../domain/source.ts';
import { copyInto } from './copy.ts';
import { extrasDiffer } from './extra-values.ts';
import type { Transaction } from './transaction.ts';

/** Computed rows on their way in, as binary COPY in the order of `storedColumns`. */
interface IncomingIndicators {
  readonly source: SourceName;
  readonly runId: string;
  readonly columns: readonly IndicatorColumn[];
  /** What is in the field of extras; null: rows have no such field. */
  readonly extra: readonly IndicatorColumn[] | null;
  /** Rows that cannot be there yet. */
  readonly added: Uint8Array;
  /** Rows that may be there; each begins with whether it is wanted even if it is not. */
  readonly staged: Uint8Array;
  readonly stagedRows: number;
  /** By instrument, dates whose stored rows are all among the staged ones: others are no rows any more. */
  readonly due: readonly { readonly instrumentId: number; readonly range: DateRange }[];
}

/** What a write did beside adding the new rows, by instrument. */
export interface IndicatorCounts {
  /** Staged rows that are stored now, whether they differed or not. */
  readonly kept: number;
  /** Rows inserted, changed or taken away. */
  readonly changed: number;
}

/** The columns of a stored row, in the order of binary rows. */
export function storedColumns(columns: readonly IndicatorColumn[], extra: boolean): readonly string[] {
  const values = [...columns].sort((a, b) => Number(a.kind === 'names') - Number(b.kind === 'names'));
  return [
    'instrument_id',
    'source',
    'session_date',
    ...values.map(({ name }) => name),
    'parameters_version',
    'reason',
    'split_basis',
    'run_id',
    'computed_at',
    ...(extra ? ['extra'] : []),
  ];
}

const names = (columns: readonly string[], row?: string) =>
  sql.join(columns.map((column) => sql.ref(row === undefined ? column : `${row}.${column}`)));

/** What a value of a stored row is in the shares of the incoming one; `ratio` is how many of those each share became. */
function converted({ name, dimension }: IndicatorColumn): RawBuilder<unknown> {
  const stored = sql.ref(`stored.${name}`);
  if (dimension === 'none') return stored;
  return dimension === 'price' ? sql`${stored} / ratio` : sql`${stored} * ratio`;
}

/** Rounding is no difference. */
const rounding = sql`1e-12`;
/** Under another basis prices come with other roundings of the source. */
const otherRounding = sql`1e-5`;

function differs(column: IndicatorColumn, tolerance = rounding): RawBuilder<unknown> {
  const [before, now] = [converted(column), sql.ref(`incoming.${column.name}`)];
  if (column.kind === 'names') return sql`${sql.ref(`stored.${column.name}`)} is distinct from ${now}`;
  return sql`(${before} is distinct from ${now}
    and (abs(${before} - ${now}) <= ${tolerance} * abs(${now})) is not true)`;
}

const anyOf = (conditions: readonly RawBuilder<unknown>[]) => sql`(${sql.join(conditions, sql` or `)})`;

function valuesDiffer(columns: readonly IndicatorColumn[]): RawBuilder<unknown> {
  return sql`(${anyOf(columns.map((column) => differs(column)))}
    or stored.reason is distinct from incoming.reason
    or stored.parameters_version <> incoming.parameters_version)`;
}

function rowDiffers({ columns, extra }: Pick<Writing, 'columns' | 'extra'>): RawBuilder<unknown> {
  if (extra === null) return valuesDiffer(columns);
  return sql`(${valuesDiffer(columns)} or ${extrasDiffer(extra, rounding)})`;
}

/** Under another basis only what averages of prices show is a revision. */
function isRevision(columns: readonly IndicatorColumn[]): RawBuilder<unknown> {
  const averages = columns.filter(({ name, dimension }) => dimension === 'price' && /^(sma|ema)_/.test(name));
  return sql`(stored.split_basis is not distinct from incoming.split_basis
    or stored.parameters_version <> incoming.parameters_version
    or ${anyOf(averages.map((column) => differs(column, otherRounding)))})`;
}

/** Shares of the incoming basis per share of the stored one, for conditions on a pair. */
const basis = sql`(select case when stored.split_basis is not distinct from incoming.split_basis then 1
  else market.share_ratio(stored.instrument_id, coalesce(stored.split_basis, '-infinity'),
    coalesce(incoming.split_basis, '-infinity'), false) end as ratio) basis`;

/** What is written, in statements on `stored` rows and `incoming` ones. */
interface Writing {
  readonly tx: Transaction;
  readonly source: SourceName;
  readonly columns: readonly IndicatorColumn[];
  readonly extra: readonly IndicatorColumn[] | null;
  readonly stored: readonly string[];
  /** A stored row and what comes for it; the range spares the other partitions. */
  readonly pair: RawBuilder<unknown>;
}

async function stage(tx: Transaction, columns: readonly string[], rows: Uint8Array): Promise<void> {
  await sql`
    create temp table if not exists incoming_indicators on commit delete rows as
    select true as wanted, stored.* from market.indicators stored with no data`.execute(tx);
  const target = { table: 'incoming_indicators', columns: ['wanted', ...columns], format: 'binary' } as const;
  await copyInto(tx, target, inChunks(rows));
  // Without figures the planner takes it for empty.
  await sql`analyze incoming_indicators (instrument_id, session_date)`.execute(tx);
}

type Counts = ReadonlyMap<number, number>;

async function countsOf(tx: Transaction, query: RawBuilder<unknown>): Promise<Counts> {
  const { rows } = await sql<{ instrument_id: number; count: number }>`
    with counted as (${query})
    select instrument_id, count(*)::int as count from counted group by instrument_id`.execute(tx);
  return new Map(rows.map(({ instrument_id, count }) => [instrument_id, count]));
}

/** Stored rows of due dates that are no rows any more. */
function takeAway({ tx, source }: Writing, due: IncomingIndicators['due']): Promise<Counts> {
  const ids = due.map(({ instrumentId }) => instrumentId);
  const [firsts, lasts] = [due.map(({ range }) => range.from), due.map(({ range }) => range.to)];
  return countsOf(
    tx,
    sql`delete from market.indicators stored
      using unnest(${ids}::int[], ${firsts}::date[], ${lasts}::date[]) due(instrument_id, first, last)
      where stored.source = ${source} and stored.instrument_id = due.instrument_id
        and stored.session_date between due.first and due.last
        and not exists (select from incoming_indicators incoming
          where incoming.instrument_id = stored.instrument_id and incoming.session_date = stored.session_date)
      returning stored.instrument_id`,
  );
}

async function pairsWithin(tx: Transaction, source: SourceName): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(session_date) as first, max(session_date) as last from incoming_indicators`.execute(tx);
  return sql`incoming.instrument_id = stored.instrument_id and incoming.session_date = stored.session_date
    and stored.source = ${source}
    and stored.session_date between ${rows[0]?.first ?? null} and ${rows[0]?.last ?? null}`;
}

async function dropUnwanted({ tx, pair }: Writing): Promise<void> {
  await sql`delete from incoming_indicators incoming
    where not wanted and not exists (select from market.indicators stored where ${pair})`.execute(tx);
}

async function dropEqual({ tx, pair, columns, extra }: Writing): Promise<void> {
  await sql`delete from incoming_indicators incoming using market.indicators stored
    where ${pair} and not (select ${rowDiffers({ columns, extra })} from ${basis})`.execute(tx);
}

async function noteRevisions({ tx, pair, columns, extra, stored }: Writing): Promise<void> {
  // First extras are no revision of anything.
  const hadOthers = extra === null ? sql`true` : sql`(${valuesDiffer(columns)} or stored.extra is not null)`;
  await sql`insert into market.indicator_revisions (${names(stored)}, replaced_at, replaced_by)
    select ${names(stored, 'stored')}, incoming.computed_at, incoming.run_id
    from incoming_indicators incoming join market.indicators stored on ${pair}
    where (select ${isRevision(columns)} and ${hadOthers} from ${basis})`.execute(tx);
}

async function upsert({ tx, stored }: Writing): Promise<void> {
  const changes = stored.slice(3).map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
  await sql`insert into market.indicators (${names(stored)})
    select ${names(stored)} from incoming_indicators order by session_date, instrument_id
    on conflict (instrument_id, source, session_date) do update set ${sql.join(changes)}`.execute(tx);
}

const staged = sql`select instrument_id from incoming_indicators`;

/**
 * Writes computed rows in the transaction that has claimed their series: new ones straight into the table, the others
 * through a staging table that leaves what differs. Earlier values go to `indicator_revisions`, unless they only were in
 * other shares. Returns what became of what was staged or due, by instrument.
 */
export async function writeIndicators(
  tx: Transaction,
  incoming: IncomingIndicators,
): Promise<ReadonlyMap<number, IndicatorCounts>> {
  const { columns, extra, source, due } = incoming;
  const stored = storedColumns(columns, extra !== null);
  const target = { table: 'market.indicators', columns: stored, format: 'binary' } as const;
  await copyInto(tx, target, inChunks(incoming.added));
  if (incoming.stagedRows === 0 && due.length === 0) return new Map();
  await stage(tx, stored, incoming.staged);
  const writing = { tx, source, columns, extra, stored, pair: await pairsWithin(tx, source) };
  const taken = await takeAway(writing, due);
  await dropUnwanted(writing);
  const kept = await countsOf(tx, staged);
  await dropEqual(writing);
  await noteRevisions(writing);
  const changed = await countsOf(tx, staged);
  await upsert(writing);
  const ids = new Set([...taken.keys(), ...kept.keys()]);
  return new Map(
    [...ids].map((id) => {
      return [id, { kept: kept.get(id) ?? 0, changed: (changed.get(id) ?? 0) + (taken.get(id) ?? 0) }];
    }),
  );
}

const chunkBytes = 1 << 20;

function* inChunks(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
