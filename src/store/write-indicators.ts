import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DateRange } from '../domain/date-range.ts';
import type { IndicatorColumn } from '../domain/indicator-column.ts';
import type { SourceName } from '../domain/source.ts';

/** Computed rows on their way in, as binary COPY in the order of `storedColumns`. */
export interface IncomingIndicators {
  readonly source: SourceName;
  readonly runId: string;
  readonly columns: readonly IndicatorColumn[];
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
export function storedColumns(columns: readonly IndicatorColumn[]): readonly string[] {
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
  ];
}

const stage = `
create temp table if not exists incoming_indicators on commit delete rows as
select true as wanted, stored.* from market.indicators stored with no data`;

/** What a value of a stored row is in the shares of the incoming one; `ratio` is how many of those each share became. */
function converted({ name, dimension }: IndicatorColumn): string {
  if (dimension === 'none') return `stored.${name}`;
  return dimension === 'price' ? `stored.${name} / ratio` : `stored.${name} * ratio`;
}

/** Rounding is no difference. */
const rounding = '1e-12';

function differs(column: IndicatorColumn, tolerance = rounding): string {
  const [before, now] = [converted(column), `incoming.${column.name}`];
  if (column.kind === 'names') return `stored.${column.name} is distinct from ${now}`;
  return `(${before} is distinct from ${now} and (abs(${before} - ${now}) <= ${tolerance} * abs(${now})) is not true)`;
}

const anyOf = (conditions: readonly string[]) => `(${conditions.join(' or ')})`;

function rowDiffers(columns: readonly IndicatorColumn[]): string {
  return anyOf([
    ...columns.map((column) => differs(column)),
    'stored.reason is distinct from incoming.reason',
    'stored.parameters_version <> incoming.parameters_version',
  ]);
}

/** Under another basis prices come with other roundings of the source: only what averages of prices show is a revision. */
function isRevision(columns: readonly IndicatorColumn[]): string {
  const averages = columns.filter(({ name, dimension }) => dimension === 'price' && /^(sma|ema)_/.test(name));
  return `(stored.split_basis is not distinct from incoming.split_basis
    or stored.parameters_version <> incoming.parameters_version
    or ${anyOf(averages.map((column) => differs(column, '1e-5')))})`;
}

/** A stored row and what comes for it; `$1` is the source, the range spares the other partitions. */
const pair = `incoming.instrument_id = stored.instrument_id and incoming.session_date = stored.session_date
  and stored.source = $1 and stored.session_date between $2 and $3`;

/** Shares of the incoming basis per share of the stored one, for conditions on a pair. */
const basis = `(select case when stored.split_basis is not distinct from incoming.split_basis then 1
  else market.share_ratio(stored.instrument_id, coalesce(stored.split_basis, '-infinity'),
    coalesce(incoming.split_basis, '-infinity'), false) end as ratio) basis`;

const takeAway = `
with gone as (
  delete from market.indicators stored using unnest($2::int[], $3::date[], $4::date[]) due(instrument_id, first, last)
  where stored.source = $1 and stored.instrument_id = due.instrument_id
    and stored.session_date between due.first and due.last
    and not exists (select from incoming_indicators incoming where incoming.instrument_id = stored.instrument_id
      and incoming.session_date = stored.session_date)
  returning stored.instrument_id
)
select instrument_id, count(*)::int as count from gone group by instrument_id`;

const dropUnwanted = `
delete from incoming_indicators incoming where not wanted and not exists (
  select from market.indicators stored where stored.instrument_id = incoming.instrument_id and stored.source = $1
    and stored.session_date = incoming.session_date and stored.session_date between $2 and $3)`;

const countStaged = `select instrument_id, count(*)::int as count from incoming_indicators group by instrument_id`;

function dropEqual(columns: readonly IndicatorColumn[]): string {
  return `delete from incoming_indicators incoming using market.indicators stored
    where ${pair} and not (select ${rowDiffers(columns)} from ${basis})`;
}

function noteRevisions(columns: readonly IndicatorColumn[]): string {
  const names = storedColumns(columns);
  return `insert into market.indicator_revisions (${names.join(', ')}, replaced_at, replaced_by)
    select ${names.map((name) => `stored.${name}`).join(', ')}, incoming.computed_at, incoming.run_id
    from incoming_indicators incoming join market.indicators stored on ${pair}
    where (select ${isRevision(columns)} from ${basis})`;
}

function upsert(columns: readonly IndicatorColumn[]): string {
  const names = storedColumns(columns);
  const changing = names.slice(3);
  return `insert into market.indicators (${names.join(', ')})
    select ${names.join(', ')} from incoming_indicators order by session_date, instrument_id
    on conflict (instrument_id, source, session_date) do update set
      ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

/**
 * Writes computed rows inside the caller's transaction, which has claimed their series: new ones straight into the
 * table, the others through a staging table that leaves what differs. Earlier values go to `indicator_revisions`, unless
 * they only were in other shares. Returns what became of what was staged or due, by instrument.
 */
export async function writeIndicators(
  client: pg.PoolClient,
  incoming: IncomingIndicators,
): Promise<ReadonlyMap<number, IndicatorCounts>> {
  const { columns, source, due } = incoming;
  const names = storedColumns(columns);
  await copyIn(client, `copy market.indicators (${names.join(', ')})`, incoming.added);
  if (incoming.stagedRows === 0 && due.length === 0) return new Map();
  await client.query(stage);
  await copyIn(client, `copy incoming_indicators (wanted, ${names.join(', ')})`, incoming.staged);
  // Without figures the planner takes it for empty.
  await client.query('analyze incoming_indicators (instrument_id, session_date)');
  const taken = await countsBy(client, takeAway, [
    source,
    due.map(({ instrumentId }) => instrumentId),
    due.map(({ range }) => range.from),
    due.map(({ range }) => range.to),
  ]);
  const { rows } = await client.query<{ first: string | null; last: string | null }>(
    'select min(session_date) as first, max(session_date) as last from incoming_indicators',
  );
  const span = [source, rows[0]?.first ?? null, rows[0]?.last ?? null];
  await client.query(dropUnwanted, span);
  const kept = await countsBy(client, countStaged, []);
  await client.query(dropEqual(columns), span);
  await client.query(noteRevisions(columns), span);
  const changed = await countsBy(client, countStaged, []);
  await client.query(upsert(columns));
  const ids = new Set([...taken.keys(), ...kept.keys()]);
  return new Map(
    [...ids].map((id) => {
      return [id, { kept: kept.get(id) ?? 0, changed: (changed.get(id) ?? 0) + (taken.get(id) ?? 0) }];
    }),
  );
}

async function countsBy(
  client: pg.PoolClient,
  query: string,
  parameters: readonly unknown[],
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ instrument_id: number; count: number }>(query, [...parameters]);
  return new Map(rows.map(({ instrument_id, count }) => [instrument_id, count]));
}

const chunkBytes = 1 << 20;

async function copyIn(client: pg.PoolClient, command: string, bytes: Uint8Array): Promise<void> {
  const stream = client.query(copyFrom(`${command} from stdin (format binary)`));
  const done = finished(stream);
  // A failure surfaces where `done` is awaited; until then it must not count as unhandled.
  done.catch(() => undefined);
  for (let at = 0; at < bytes.length && !stream.destroyed; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}
