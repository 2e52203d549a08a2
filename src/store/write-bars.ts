import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { dateOfDayNumber } from '../domain/date-range.ts';
import { isIntraday, type Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import { sources, type SourceName } from '../domain/source.ts';
import { encodeBars } from './bars/encode-bars.ts';
import type { IncomingBars } from './bars/incoming-bars.ts';
import { requireUnique } from './bars/require-unique.ts';

/** What a write did to the rows of one instrument; a row counts once. */
export interface WriteCounts {
  readonly inserted: number;
  /** Changed in value; the earlier values went to `bar_revisions`. */
  readonly revised: number;
  /** Only became settled. */
  readonly settled: number;
}

/** Whose bars are written, by which run. */
export interface BarOrigin {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly runId: string;
}

const values = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'];
const row = (alias: string) => `(${values.map((value) => `${alias}.${value}`).join(', ')})`;

/** How an interval's bars are kept: `$1` is the source, `$2` the run; the interval is a word of ours. */
interface Layout {
  readonly table: string;
  readonly staging: string;
  /** What tells the bars of one instrument, source and interval apart. */
  readonly at: 'session_date' | 'opens_at';
  readonly interval: Interval;
}

function layoutOf(interval: Interval): Layout {
  return isIntraday(interval)
    ? { table: 'market.intraday_bars', staging: 'incoming_intraday', at: 'opens_at', interval }
    : { table: 'market.daily_bars', staging: 'incoming', at: 'session_date', interval };
}

/** Whether two rows carry other values. Numbers of 32 bits are the same up to their last bit. */
type Differ = (a: string, b: string) => string;

const exactly: Differ = (a, b) => `${row(a)} is distinct from ${row(b)}`;
const inFloat32: Differ = (a, b) =>
  `not (${values
    .slice(0, 5)
    .map((value) => `abs(${a}.${value} - ${b}.${value}) <= 2.384185791015625e-7 * abs(${b}.${value})`)
    .join(' and ')})`;
const differOf = (source: SourceName): Differ =>
  sources[source].numbers === 'float32' ? inFloat32 : exactly;

function stagedColumns({ at }: Layout): string {
  const key = at === 'opens_at' ? 'session_date, opens_at' : 'session_date';
  return `instrument_id, ${key}, ${values.join(', ')}, settled, endpoint, split_basis, observed_at`;
}

/** What all bars of a write have in common, source and run, is not sent with each of them. */
const stage = (layout: Layout) => `
create temp table if not exists ${layout.staging} on commit delete rows as
select ${stagedColumns(layout)} from ${layout.table} with no data`;

/**
 * Rows that will change. An older observation never replaces a newer one, and settled stays settled. Prices under
 * another split basis are compared in the basis of what comes in: a change of basis is no revision.
 * Locked in one order, by partition first, so that two writers of the same bars wait for each other instead of
 * deadlocking. The range ($3, $4) spares the partitions outside of it.
 */
function noteRevisions(layout: Layout, differ: Differ): string {
  const { table, staging, at, interval } = layout;
  const columns = `instrument_id, source, session_date, ${values.join(', ')}, settled, endpoint, split_basis, run_id, observed_at`;
  const opensAt = at === 'opens_at' ? 'opens_at' : 'null::timestamptz';
  return `
with locked as (
  select stored.*, incoming.observed_at as replaced_at, incoming.settled and not stored.settled as settles,
    ${differ('stored', 'incoming')} as changed,
    incoming.split_basis as new_basis, ${values.map((value) => `incoming.${value} as new_${value}`).join(', ')}
  from ${table} stored join ${staging} incoming using (instrument_id, ${at})
  where stored.source = $1 ${at === 'opens_at' ? `and stored.interval = '${interval}'` : ''}
    and stored.${at} >= $3::date and stored.${at} < $4::date + 2
    and stored.observed_at <= incoming.observed_at
    and (${differ('stored', 'incoming')} or (incoming.settled and not stored.settled))
  order by stored.${at}, stored.instrument_id
  for update of stored
), due as (
  select locked.*, changed and case when split_basis is not distinct from new_basis then true else (
      select ratio = 1 or not (${values
        .slice(0, 4)
        .map((value) => `abs(${value} * ratio - new_${value}) <= 1e-5 * abs(new_${value})`)
        .join(' and ')})
      from (select market.share_ratio(instrument_id, session_date, coalesce(split_basis, session_date), true)
        / market.share_ratio(instrument_id, session_date, coalesce(new_basis, session_date), true) as ratio) change
    ) end as revised
  from locked
), noted as (
  insert into market.bar_revisions (interval, opens_at, ${columns}, replaced_at, replaced_by)
  select '${interval}', ${opensAt}, ${columns}, replaced_at, $2 from due where revised
  on conflict do nothing
)
select instrument_id, count(*) filter (where revised)::int as revised,
  count(*) filter (where not revised and settles)::int as settled
from due group by instrument_id`;
}

/** What is new goes in at once; what is there already waits for `noteRevisions`. */
function insertNew(layout: Layout): string {
  const { table, staging, at, interval } = layout;
  const staged = stagedColumns(layout);
  const [own, ownValue] = at === 'opens_at' ? [', interval', `, '${interval}'`] : ['', ''];
  return `
with written as (
  insert into ${table} (${staged}, source, run_id${own})
  select ${staged}, $1, $2${ownValue} from ${staging} order by ${at}, instrument_id
  on conflict do nothing returning instrument_id
)
select instrument_id, count(*)::int as written from written group by instrument_id`;
}

function updateChanged(layout: Layout, differ: Differ): string {
  const { table, staging, at, interval } = layout;
  return `
update ${table} stored set
  ${values.map((value) => `${value} = incoming.${value}`).join(', ')},
  settled = stored.settled or incoming.settled, endpoint = incoming.endpoint,
  split_basis = incoming.split_basis, run_id = $2, observed_at = incoming.observed_at
from ${staging} incoming
where stored.instrument_id = incoming.instrument_id and stored.${at} = incoming.${at} and stored.source = $1
  ${at === 'opens_at' ? `and stored.interval = '${interval}'` : ''}
  and stored.${at} >= $3::date and stored.${at} < $4::date + 2
  and stored.observed_at <= incoming.observed_at
  and (${differ('stored', 'incoming')} or (incoming.settled and not stored.settled))`;
}

const noLongerAbsent = ({ staging, at, interval }: Layout) => `
delete from market.bar_absences absence using ${staging} incoming
where absence.instrument_id = incoming.instrument_id and absence.source = $1
  and absence.interval = '${interval}' and absence.session_date = incoming.session_date
  ${at === 'opens_at' ? 'and (absence.opens_at is null or absence.opens_at = incoming.opens_at)' : ''}`;

async function copyIncoming(client: pg.PoolClient, layout: Layout, bars: readonly IncomingBars[]) {
  const columns = stagedColumns(layout);
  const stream = client.query(copyFrom(`copy ${layout.staging} (${columns}) from stdin (format binary)`));
  const done = finished(stream);
  // A failure surfaces where `done` is awaited; until then it must not count as unhandled.
  done.catch(() => undefined);
  for (const chunk of encodeBars(bars)) {
    if (stream.destroyed) break;
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}

interface Noted {
  readonly instrument_id: number;
  readonly revised: number;
  readonly settled: number;
}

interface Inserted {
  readonly instrument_id: number;
  readonly written: number;
}

/**
 * Writes bars of one interval inside the caller's transaction, once in it: COPY into a staging table, what is new
 * from there, then what differs. One bar a key. Returns what it did by instrument id; an instrument of which nothing
 * changed has no entry.
 */
export async function writeBars(
  client: pg.PoolClient,
  { source, interval, runId }: BarOrigin,
  bars: readonly IncomingBars[],
): Promise<ReadonlyMap<number, WriteCounts>> {
  const counts = new Map<number, WriteCounts>();
  const rows = bars.reduce((sum, part) => sum + part.bars.length, 0);
  if (rows === 0) return counts;
  requireUnique(bars);
  const layout = layoutOf(interval);
  await client.query(stage(layout));
  await copyIncoming(client, layout, bars);
  const inserted = await client.query<Inserted>(insertNew(layout), [source, runId]);
  for (const { instrument_id, written } of inserted.rows)
    counts.set(instrument_id, { inserted: written, revised: 0, settled: 0 });
  await client.query(noLongerAbsent(layout), [source]);
  const isNew = inserted.rows.reduce((sum, { written }) => sum + written, 0);
  if (isNew < rows) await reviseStored(client, { source, runId, layout }, bars, counts);
  return counts;
}

/** Brings the rows that were there already up to date, earlier values kept, and counts what changed. */
async function reviseStored(
  client: pg.PoolClient,
  { source, runId, layout }: { readonly source: SourceName; readonly runId: string; readonly layout: Layout },
  bars: readonly IncomingBars[],
  counts: Map<number, WriteCounts>,
): Promise<void> {
  const differ = differOf(source);
  const parameters = [source, runId, ...spanOf(bars)];
  const noted = await client.query<Noted>(noteRevisions(layout, differ), parameters);
  if (noted.rows.length > 0) await client.query(updateChanged(layout, differ), parameters);
  for (const { instrument_id, revised, settled } of noted.rows) {
    const { inserted = 0 } = counts.get(instrument_id) ?? {};
    counts.set(instrument_id, { inserted, revised, settled });
  }
}

/** The first and last session among bars. */
function spanOf(incoming: readonly IncomingBars[]): readonly [SessionDate, SessionDate] {
  let [first, last] = [Infinity, -Infinity];
  for (const { bars } of incoming) {
    for (const day of bars.day) {
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
  }
  return [dateOfDayNumber(first), dateOfDayNumber(last)];
}
