import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { sql } from 'kysely';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DailyBar } from '../domain/bar.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { Database } from './database.ts';

/** A bar on its way in: whose it is, where it came from, and whether it is final. */
export interface IncomingBar extends DailyBar {
  readonly instrumentId: number;
  readonly settled: boolean;
  readonly endpoint: 'series' | 'market_day';
  /** ISO 8601. */
  readonly observedAt: string;
}

/** What a write did to the rows of one instrument; a row counts once. */
export interface WriteCounts {
  readonly inserted: number;
  /** Changed in value; the earlier values went to `bar_revisions`. */
  readonly revised: number;
  /** Only became settled. */
  readonly settled: number;
}

const values = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'];
const columns = `instrument_id, source, session_date, ${values.join(', ')}, settled, endpoint, split_basis, run_id, observed_at`;
const row = (alias: string) => `(${values.map((value) => `${alias}.${value}`).join(', ')})`;

/** What all bars of a write have in common, source and run, is not sent with each of them. */
const staged = `instrument_id, session_date, ${values.join(', ')}, settled, endpoint, observed_at`;
const stage = `
create temp table if not exists incoming on commit delete rows as
select ${staged} from market.daily_bars with no data`;

/**
 * Rows that will change. An older observation never replaces a newer one, and settled stays settled.
 * Locked in one order, by partition first, so that two writers of the same bars wait for each other instead of
 * deadlocking. The range ($3, $4) spares the partitions outside of it.
 */
const noteRevisions = `
with due as (
  select stored.*, ${row('stored')} is distinct from ${row('incoming')} as revised, incoming.observed_at as replaced_at
  from market.daily_bars stored join incoming using (instrument_id, session_date)
  where stored.source = $1 and stored.session_date between $3 and $4 and stored.observed_at <= incoming.observed_at
    and (${row('stored')} is distinct from ${row('incoming')} or (incoming.settled and not stored.settled))
  order by stored.session_date, stored.instrument_id
  for update of stored
), noted as (
  insert into market.bar_revisions (interval, ${columns}, replaced_at, replaced_by)
  select '1d', ${columns}, replaced_at, $2 from due where revised
  on conflict do nothing
)
select instrument_id, count(*) filter (where revised)::int as revised, count(*) filter (where not revised)::int as settled
from due group by instrument_id`;

const upsert = `
with written as (
  insert into market.daily_bars as stored (${staged}, source, run_id)
  select ${staged}, $1, $2 from incoming order by session_date, instrument_id
  on conflict (instrument_id, source, session_date) do update set
    ${values.map((value) => `${value} = excluded.${value}`).join(', ')},
    settled = stored.settled or excluded.settled, endpoint = excluded.endpoint,
    split_basis = excluded.split_basis, run_id = excluded.run_id, observed_at = excluded.observed_at
  where stored.observed_at <= excluded.observed_at
    and (${row('stored')} is distinct from ${row('excluded')} or (excluded.settled and not stored.settled))
  returning stored.instrument_id
)
select instrument_id, count(*)::int as written from written group by instrument_id`;

const noLongerAbsent = `
delete from market.bar_absences absence using incoming
where absence.instrument_id = incoming.instrument_id and absence.source = $1
  and absence.interval = '1d' and absence.session_date = incoming.session_date`;

function copyLine(bar: IncomingBar): string {
  const { instrumentId, session, open, high, low, close, volume } = bar;
  const { vwap, trades, settled, endpoint, observedAt } = bar;
  return (
    `${instrumentId}\t${session}\t${open}\t${high}\t${low}\t${close}\t${volume}\t${vwap ?? '\\N'}\t` +
    `${trades ?? '\\N'}\t${settled}\t${endpoint}\t${observedAt}\n`
  );
}

const linesPerChunk = 2_000;

async function copyIncoming(client: pg.PoolClient, bars: readonly IncomingBar[]) {
  const stream = client.query(copyFrom(`copy incoming (${staged}) from stdin`));
  const done = finished(stream);
  // A failure surfaces where `done` is awaited; until then it must not count as unhandled.
  done.catch(() => undefined);
  for (let start = 0; start < bars.length && !stream.destroyed; start += linesPerChunk) {
    const chunk = bars.slice(start, start + linesPerChunk).map(copyLine);
    if (!stream.write(chunk.join(''))) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}

/**
 * Writes bars inside the caller's transaction, once in it: COPY into a staging table, then an upsert that touches only
 * what differs. One bar a key. Returns what it did by instrument id; an instrument of which nothing changed has no entry.
 */
export async function writeDailyBars(
  client: pg.PoolClient,
  {
    source,
    runId,
    bars,
  }: { readonly source: string; readonly runId: string; readonly bars: readonly IncomingBar[] },
): Promise<ReadonlyMap<number, WriteCounts>> {
  const counts = new Map<number, WriteCounts>();
  if (bars.length === 0) return counts;
  await client.query(stage);
  await copyIncoming(client, bars);
  const noted = await client.query<{ instrument_id: number; revised: number; settled: number }>(
    noteRevisions,
    [source, runId, ...spanOf(bars)],
  );
  const written = await client.query<{ instrument_id: number; written: number }>(upsert, [source, runId]);
  await client.query(noLongerAbsent, [source]);
  const before = new Map(noted.rows.map((counted) => [counted.instrument_id, counted]));
  for (const { instrument_id, written: all } of written.rows) {
    const { revised, settled } = before.get(instrument_id) ?? { revised: 0, settled: 0 };
    counts.set(instrument_id, { inserted: all - revised - settled, revised, settled });
  }
  return counts;
}

/** The first and last session among bars. */
function spanOf(bars: readonly IncomingBar[]): readonly [string, string] {
  let [first, last] = ['9999-12-31', '0001-01-01'];
  for (const { session } of bars) {
    if (session < first) first = session;
    if (session > last) last = session;
  }
  return [first, last];
}

export interface StoredBar extends DailyBar {
  readonly settled: boolean;
  readonly observedAt: string;
}

/** The stored bars of one instrument, oldest first, as the source gave them. */
export async function readDailyBars(
  db: Database,
  query: { readonly instrumentId: number; readonly source: string; readonly range: DateRange },
): Promise<readonly StoredBar[]> {
  const rows = await db
    .selectFrom('market.daily_bars')
    .selectAll()
    .where('instrument_id', '=', query.instrumentId)
    .where('source', '=', query.source)
    .where('session_date', '>=', query.range.from)
    .where('session_date', '<=', query.range.to)
    .orderBy('session_date')
    .execute();
  return rows.map(
    ({ session_date: session, open, high, low, close, volume, vwap, trades, settled, observed_at }) => ({
      session,
      open,
      high,
      low,
      close,
      volume,
      vwap,
      trades,
      settled,
      observedAt: observed_at.toISOString(),
    }),
  );
}

/**
 * For each instrument the day numbers (days since 1970-01-01) of the range that need no further request:
 * those with a settled bar or a recorded absence.
 */
export async function knownDays(
  db: Database,
  query: { readonly instrumentIds: readonly number[]; readonly source: string; readonly range: DateRange },
): Promise<ReadonlyMap<number, readonly number[]>> {
  const within = sql`instrument_id = any(${query.instrumentIds}::int[]) and source = ${query.source}
    and session_date between ${query.range.from} and ${query.range.to}`;
  const { rows } = await sql<{ instrument_id: number; days: number[] }>`
    select instrument_id, array_agg(session_date - date '1970-01-01') as days
    from (
      select instrument_id, session_date from market.daily_bars where ${within} and settled
      union all
      select instrument_id, session_date from market.bar_absences where ${within} and interval = '1d' and confirmed
    ) known
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ instrument_id, days }) => [instrument_id, days]));
}
