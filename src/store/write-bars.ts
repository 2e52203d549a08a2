import { sql } from 'kysely';
import { dateOfDayNumber } from '../domain/date-range.ts';
import { isIntraday } from '../domain/interval.ts';
import { columnList, keyList, layoutOf, stagedColumns } from './bar-layout.ts';
import { copyFresh, type IncomingWrite } from './bars/copy-fresh.ts';
import { encodeBars } from './bars/encode-bars.ts';
import type { BarOrigin, IncomingBars } from './bars/incoming-bars.ts';
import { requireUnique } from './bars/require-unique.ts';
import { copyInto } from './copy.ts';
import { reviseStored } from './revise-bars.ts';
import type { Transaction } from './transaction.ts';

/** What a write did to the rows of one instrument; a row counts once. */
export interface WriteCounts {
  readonly inserted: number;
  /** Changed in value; the earlier values went to `bar_revisions`. */
  readonly revised: number;
  /** Only became settled. */
  readonly settled: number;
}

/**
 * Writes bars of one interval: straight into their table where nothing is stored that they could meet, else through a
 * staging table, what is new from there, then what differs. One bar a key; `writeAbsences` comes after it. Returns what it did by instrument id; an
 * instrument of which nothing changed has no entry.
 */
export async function writeBars(
  tx: Transaction,
  origin: BarOrigin,
  bars: readonly IncomingBars[],
): Promise<ReadonlyMap<number, WriteCounts>> {
  const rows = rowsByInstrument(bars);
  if (rows.size === 0) return new Map();
  requireUnique(bars);
  const layout = layoutOf(origin.interval);
  const write = { ...origin, layout, bars, instrumentIds: [...rows.keys()], ...spanOf(bars) };
  if (await copyFresh(tx, write)) return countsOf(rows);
  return writeStaged(tx, write);
}

async function writeStaged(tx: Transaction, write: IncomingWrite): Promise<ReadonlyMap<number, WriteCounts>> {
  await stage(tx, write);
  const inserted = await insertNew(tx, write);
  const counts = countsOf(inserted);
  await takeBackParts(tx, write);
  if (sumOf(inserted) === sumOf(rowsByInstrument(write.bars))) return counts;
  for (const { instrumentId, revised, settled } of await reviseStored(tx, write))
    counts.set(instrumentId, { inserted: counts.get(instrumentId)?.inserted ?? 0, revised, settled });
  return counts;
}

function sumOf(rows: ReadonlyMap<number, number>): number {
  return rows.values().reduce((sum, count) => sum + count, 0);
}

function countsOf(inserted: ReadonlyMap<number, number>): Map<number, WriteCounts> {
  return new Map(Array.from(inserted, ([id, rows]) => [id, { inserted: rows, revised: 0, settled: 0 }]));
}

async function stage(tx: Transaction, { layout, bars }: IncomingWrite): Promise<void> {
  const columns = stagedColumns(layout);
  await sql`
    create temp table if not exists ${sql.table(layout.staging)} on commit delete rows as
    select ${columnList(columns)} from ${sql.table(layout.table)} with no data`.execute(tx);
  await copyInto(tx, { table: layout.staging, columns, format: 'binary' }, encodeBars(bars));
}

/** What is new goes in at once; what is there already waits for `reviseStored`. */
async function insertNew(
  tx: Transaction,
  { layout, source, interval, runId }: IncomingWrite,
): Promise<ReadonlyMap<number, number>> {
  const staged = columnList(stagedColumns(layout));
  const columns = columnList([...stagedColumns(layout), 'source', 'run_id', 'known_from', ...layout.own]);
  const own = layout.own.map(() => sql`, ${interval}`);
  const { rows } = await sql<{ id: number; written: number }>`
    with written as (
      insert into ${sql.table(layout.table)} (${columns})
      select ${staged}, ${source}, ${runId}, stamp${sql.join(own, sql``)}
      from ${sql.table(layout.staging)}, market.stamp() stamp
      order by ${keyList(layout)}, instrument_id
      on conflict do nothing returning instrument_id
    )
    select instrument_id as id, count(*)::int as written from written group by instrument_id`.execute(tx);
  return new Map(rows.map(({ id, written }) => [id, written]));
}

/** The absences of parts of sessions that have come; those of whole ones are ranges, which `writeAbsences` cuts. */
async function takeBackParts(tx: Transaction, { layout, source }: IncomingWrite): Promise<void> {
  if (!isIntraday(layout.interval)) return;
  await sql`
    delete from market.bar_absences absence using ${sql.table(layout.staging)} incoming
    where absence.instrument_id = incoming.instrument_id and absence.source = ${source}
      and absence.interval = ${layout.interval} and absence.session_date = incoming.session_date
      and absence.opens_at = incoming.opens_at`.execute(tx);
}

function rowsByInstrument(incoming: readonly IncomingBars[]): ReadonlyMap<number, number> {
  const rows = new Map<number, number>();
  for (const { instrumentIds } of incoming) {
    for (const id of instrumentIds) rows.set(id, (rows.get(id) ?? 0) + 1);
  }
  return rows;
}

/** The first and last session among bars. */
function spanOf(incoming: readonly IncomingBars[]): Pick<IncomingWrite, 'first' | 'last'> {
  let [first, last] = [Infinity, -Infinity];
  for (const { bars } of incoming) {
    for (const day of bars.day) {
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
  }
  return { first: dateOfDayNumber(first), last: dateOfDayNumber(last) };
}
