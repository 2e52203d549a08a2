import { sql } from 'kysely';
import pg from 'pg';
import { isIntraday } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import { isOwn, stagedColumns, type BarLayout } from '../bar-layout.ts';
import { microsecondsField, textField, uuidField } from '../copy-binary.ts';
import { copyInto } from '../copy.ts';
import type { Transaction } from '../transaction.ts';
import { dailyPartitions } from './daily-partitions.ts';
import { encodeBars } from './encode-bars.ts';
import type { BarOrigin, IncomingBars } from './incoming-bars.ts';
import { noteFresh } from './note-fresh.ts';

/** Bars of one interval on their way in, and what they could meet. */
export interface IncomingWrite extends BarOrigin {
  readonly layout: BarLayout;
  readonly bars: readonly IncomingBars[];
  readonly instrumentIds: readonly number[];
  /** The first and last session among them. */
  readonly first: SessionDate;
  readonly last: SessionDate;
}

/**
 * Copies bars straight into their table where the store has nothing that they could meet: it takes half of the time that
 * staging them does. False: it has, or somebody has written such bars meanwhile, and nothing was copied.
 */
export async function copyFresh(tx: Transaction, write: IncomingWrite): Promise<boolean> {
  const stamp = await stampIfFresh(tx, write);
  if (stamp === null) return false;
  await sql`savepoint fresh_bars`.execute(tx);
  try {
    await copyStraight(tx, write, stamp);
    await sql`release savepoint fresh_bars`.execute(tx);
    return true;
  } catch (error) {
    if (!isCollision(error)) throw error;
    await sql`rollback to savepoint fresh_bars`.execute(tx);
    return false;
  }
}

/**
 * The transaction's instant, in microseconds since 1970, where the store has no bar of their series between their sessions,
 * and no absence of a part of one that they would take back; else null.
 */
async function stampIfFresh(
  tx: Transaction,
  { layout, source, instrumentIds, first, last }: IncomingWrite,
): Promise<bigint | null> {
  const span = sql`source = ${source} and session_date between ${first}::date and ${last}::date`;
  const series = sql`${span} and instrument_id = any(${instrumentIds}::int[])`;
  const own = sql`exists (select from ${sql.table(layout.table)} stored where ${series} and ${isOwn(layout)})`;
  const part = sql`exists (select from market.bar_absences
    where ${series} and interval = ${layout.interval} and opens_at is not null)`;
  // A new session of the whole market need not be looked for by instrument.
  const any = sql`exists (select from ${sql.table(layout.table)} where ${span})`;
  const meets = isIntraday(layout.interval)
    ? sql`${own} or ${part}`
    : sql`case when ${any} then ${own} else false end`;
  const { rows } = await sql<{ fresh: boolean; stamp: string }>`
    select not (${meets}) as fresh, (extract(epoch from market.stamp()) * 1000000)::bigint::text as stamp`.execute(
    tx,
  );
  return rows[0]?.fresh === true ? BigInt(rows[0].stamp) : null;
}

/** Daily bars go into each partition by its name: into their table, whose triggers see all rows, COPY puts one after the other. */
async function copyStraight(tx: Transaction, write: IncomingWrite, stamp: bigint): Promise<void> {
  const { layout, source, interval, runId, bars, first, last } = write;
  const columns = [...stagedColumns(layout), 'source', 'run_id', 'known_from', ...layout.own];
  const own = layout.own.map(() => textField(interval));
  const common = [textField(source), uuidField(runId), microsecondsField(stamp), ...own];
  const target = { columns, format: 'binary' } as const;
  if (isIntraday(interval)) return copyInto(tx, { ...target, table: layout.table }, encodeBars(bars, common));
  for (const { table, holds } of dailyPartitions(first, last))
    await copyInto(tx, { ...target, table }, encodeBars(bars, common, holds));
  await noteFresh(tx, write, bars);
}

const uniqueViolation = '23505';
const deadlock = '40P01';

/** Another writer has come with the same bars. */
function isCollision(error: unknown): boolean {
  return error instanceof pg.DatabaseError && [uniqueViolation, deadlock].includes(error.code ?? '');
}
