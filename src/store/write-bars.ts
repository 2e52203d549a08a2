import { sql } from 'kysely';
import type { DailyBar } from '../domain/bar.ts';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { keyList, layoutOf, opensAt, type BarLayout } from './bar-layout.ts';
import { copyInto } from './copy.ts';
import { reviseStored } from './revise-bars.ts';
import type { Transaction } from './transaction.ts';

/** A bar on its way in: whose it is, where it came from, and whether it is final. */
export interface IncomingBar extends DailyBar {
  readonly instrumentId: number;
  readonly settled: boolean;
  readonly endpoint: 'series' | 'market_day';
  /** ISO 8601. */
  readonly observedAt: string;
  /** When the bar begins, ISO 8601; of a bar shorter than a session. */
  readonly opensAt?: string;
  /** The splits up to this date are in the prices; absent: as traded. */
  readonly splitBasis?: SessionDate | null;
}

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

const bodyColumns = [
  ...['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'],
  ...['settled', 'endpoint', 'split_basis', 'observed_at'],
];

function stagedColumns({ key }: BarLayout): readonly string[] {
  return ['instrument_id', ...key, ...bodyColumns];
}

/** What all bars of a write have in common, source and run, is not sent with each of them. */
async function stage(tx: Transaction, layout: BarLayout, bars: readonly IncomingBar[]): Promise<void> {
  const columns = stagedColumns(layout);
  await sql`
    create temp table if not exists ${sql.table(layout.staging)} on commit delete rows as
    select ${sql.join(columns.map((column) => sql.ref(column)))} from ${layout.table} with no data`.execute(
    tx,
  );
  await copyInto(tx, { table: layout.staging, columns, format: 'text' }, copyLines(bars, layout));
}

/** What is new goes in at once; what is there already waits for `reviseStored`. */
async function insertNew(
  tx: Transaction,
  layout: BarLayout,
  { source, runId }: BarOrigin,
): Promise<readonly Inserted[]> {
  const staged = sql.join(stagedColumns(layout).map((column) => sql.ref(column)));
  const { rows } = await sql<Inserted>`
    with written as (
      insert into ${layout.table} (${staged}, source, run_id${layout.ownColumns})
      select ${staged}, ${source}, ${runId}${layout.ownValues} from ${sql.table(layout.staging)}
      order by ${keyList(layout)}, instrument_id
      on conflict do nothing returning instrument_id
    )
    select instrument_id, count(*)::int as written from written group by instrument_id`.execute(tx);
  return rows;
}

async function takeBackAbsences(tx: Transaction, layout: BarLayout, { source }: BarOrigin): Promise<void> {
  await sql`
    delete from market.bar_absences absence using ${sql.table(layout.staging)} incoming
    where absence.instrument_id = incoming.instrument_id and absence.source = ${source}
      and absence.interval = ${layout.interval} and absence.session_date = incoming.session_date
      and (absence.opens_at is null or absence.opens_at = ${opensAt(layout, 'incoming')})`.execute(tx);
}

function dailyLine(bar: IncomingBar): string {
  return `${bar.instrumentId}\t${bar.session}\t${bodyOf(bar)}`;
}

function intradayLine(bar: IncomingBar): string {
  return `${bar.instrumentId}\t${bar.session}\t${bar.opensAt}\t${bodyOf(bar)}`;
}

/** In the order of `bodyColumns`. */
function bodyOf(bar: IncomingBar): string {
  const { open, high, low, close, volume, vwap, trades, settled, endpoint, splitBasis, observedAt } = bar;
  return (
    `${open}\t${high}\t${low}\t${close}\t${volume}\t${vwap ?? '\\N'}\t${trades ?? '\\N'}\t` +
    `${settled}\t${endpoint}\t${splitBasis ?? '\\N'}\t${observedAt}\n`
  );
}

const linesPerChunk = 2_000;

function* copyLines(bars: readonly IncomingBar[], { key }: BarLayout): Iterable<string> {
  const lineOf = key.includes('opens_at') ? intradayLine : dailyLine;
  for (let start = 0; start < bars.length; start += linesPerChunk)
    yield bars
      .slice(start, start + linesPerChunk)
      .map(lineOf)
      .join('');
}

interface Inserted {
  readonly instrument_id: number;
  readonly written: number;
}

/**
 * Writes bars of one interval, once in a transaction: COPY into a staging table, what is new from there, then what
 * differs. One bar a key. Returns what it did by instrument id; an instrument of which nothing changed has no entry.
 */
export async function writeBars(
  tx: Transaction,
  origin: BarOrigin,
  bars: readonly IncomingBar[],
): Promise<ReadonlyMap<number, WriteCounts>> {
  const counts = new Map<number, WriteCounts>();
  if (bars.length === 0) return counts;
  requireUnique(bars);
  const layout = layoutOf(origin.interval);
  await stage(tx, layout, bars);
  const inserted = await insertNew(tx, layout, origin);
  for (const { instrument_id, written } of inserted)
    counts.set(instrument_id, { inserted: written, revised: 0, settled: 0 });
  await takeBackAbsences(tx, layout, origin);
  const isNew = inserted.reduce((sum, { written }) => sum + written, 0);
  if (isNew === bars.length) return counts;
  const [first, last] = spanOf(bars);
  for (const { instrumentId, ...changed } of await reviseStored(tx, { ...origin, layout, first, last }))
    counts.set(instrumentId, { inserted: counts.get(instrumentId)?.inserted ?? 0, ...changed });
  return counts;
}

/** Which of two rows of one key would stay is not for chance to say. */
function requireUnique(bars: readonly IncomingBar[]): void {
  const seen = new Set<string>();
  for (const { instrumentId, session, opensAt } of bars) {
    const key = `${instrumentId} ${opensAt ?? session}`;
    if (seen.has(key)) throw new RangeError(`the bar of instrument ${key} comes a second time in one write`);
    seen.add(key);
  }
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
