import { sql } from 'kysely';
import type { Calendar } from '../../domain/session-days.ts';
import type { SourceName } from '../../domain/source.ts';
import { unknownBasis } from '../../domain/split-basis.ts';
import { clockLock } from '../migrations/0001-market/clock.ts';
import { lockInstruments } from '../stored-absences.ts';
import type { Transaction } from '../transaction.ts';
import { mergeDuplicates, type Merger } from './merge-duplicates.ts';
import { barTables, type BarTable } from './misplaced-bars.ts';
import { readingTables } from './misplaced-rows.ts';
import { moveAbsences } from './move-absences.ts';
import { moveActions } from './move-actions.ts';
import { moveBars } from './move-bars.ts';
import { moveFundamentals } from './move-fundamentals.ts';
import { moveMissingBars } from './move-missing-bars.ts';
import type { Mover } from './note-moves.ts';

/** Rows of one kind that have been moved between two instruments. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly what: string;
  readonly rows: number;
}

/**
 * Moves all that lies under the wrong one of some instruments to the right one, and merges those that are one: what was
 * known before stays known as of before. The indicators of all of them are due anew. Until the transaction ends nobody else
 * writes what is versioned, so that afterwards all that was known before then lies in its place.
 */
export async function putInPlace(
  tx: Transaction,
  vocabulary: SourceName,
  mover: Mover,
  calendar: Calendar,
): Promise<{ readonly moves: readonly Move[]; readonly mergers: readonly Merger[] }> {
  await holdAll(tx, mover.ids);
  for (const table of Object.keys(barTables) as BarTable[]) await moveBars(tx, vocabulary, table, mover);
  await moveAbsences(tx, vocabulary, mover, calendar);
  await moveMissingBars(tx, vocabulary, mover);
  await moveActions(tx, vocabulary, mover);
  for (const table of readingTables) await moveFundamentals(tx, vocabulary, table, mover);
  const mergers = await mergeDuplicates(tx, vocabulary, mover.ids);
  const moves = await movesOf(tx);
  await forgetComputed(tx, [...moves.flatMap(({ from, to }) => [from, to]), ...mergers.map(({ id }) => id)]);
  await notePlaced(tx, [...mover.ids, ...moves.map(({ to }) => to)]);
  return { moves, mergers };
}

/**
 * Has nobody else write what is versioned, nor what instruments have, until the transaction ends.
 * Those who write hold rows before they take their instant, for which they would wait: who meets them gives up rather than
 * have the database end one of the two. Throws `lock_not_available`.
 */
export async function holdAll(tx: Transaction, ids: readonly number[]): Promise<void> {
  await sql`set local lock_timeout = '10s'`.execute(tx);
  await sql`lock table market.symbol_history in share mode`.execute(tx);
  await sql`select pg_advisory_xact_lock(${clockLock})`.execute(tx);
  await sql`set local lock_timeout = '500ms'`.execute(tx);
  await lockInstruments(tx, ids);
}

async function movesOf(tx: Transaction): Promise<readonly Move[]> {
  const { rows } = await sql<Move>`
    select moved_from as "from", moved_to as "to", what, sum(row_count)::int as rows from market.moves
    where known_from = market.stamp() group by 1, 2, 3 order by 1, 2, 3`.execute(tx);
  return rows;
}

/**
 * What follows from series that were not of one instrument: indicators, and that nobody can tell how far prices are adjusted,
 * so that they are due again. Whoever computes meanwhile ends first: he holds what is known of his series.
 */
async function forgetComputed(tx: Transaction, ids: readonly number[]): Promise<void> {
  await sql`delete from market.indicator_states where instrument_id = any(${ids}::int[])`.execute(tx);
  await sql`delete from market.indicators where instrument_id = any(${ids}::int[])`.execute(tx);
  for (const table of ['daily_bars', 'intraday_bars'] as const)
    await sql`delete from ${sql.table(`market.${table}`)}
      where instrument_id = any(${ids}::int[]) and split_basis = ${unknownBasis}::date`.execute(tx);
  await sql`delete from market.bar_lapses where instrument_id = any(${ids}::int[])`.execute(tx);
}

/** That all that is known of instruments by now lies in its place. */
export async function notePlaced(
  tx: Transaction,
  ids: readonly number[],
  at = sql`greatest(clock_timestamp(), market.stamp() + interval '1 millisecond')`,
): Promise<void> {
  await sql`insert into market.placements (instrument_id, placed_at)
    select id, ${at} from unnest(${[...new Set(ids)]}::int[]) id order by id
    on conflict (instrument_id) do update set placed_at = greatest(excluded.placed_at, placements.placed_at)`.execute(
    tx,
  );
}
