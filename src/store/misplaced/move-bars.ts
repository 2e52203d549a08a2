import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import type { Transaction } from '../transaction.ts';
import { requestedOf, keyOf, misplacedBars, type BarTable } from './misplaced-bars.ts';
import { noteMoves, type Mover } from './note-moves.ts';
import { temporary } from './temporary-table.ts';
import { adoptUnknown } from './unknown-bearers.ts';

const values = `open high low close volume vwap trades settled endpoint split_basis run_id observed_at`.split(
  ' ',
);
/** What a row keeps wherever it lies. */
const kept = {
  daily_bars: ['session_date', ...values, 'settled_at', 'seen_at'],
  intraday_bars: ['interval', 'session_date', 'opens_at', ...values, 'settled_at', 'seen_at'],
  bar_revisions: [
    ...['interval', 'session_date', 'opens_at', ...values],
    ...['replaced_at', 'replaced_by', 'known_from'],
  ],
} as const satisfies Readonly<Record<BarTable, readonly string[]>>;

/**
 * Moves the misplaced rows of a table of bars to whom they belong. Where the right one has a bar of its own that stays; of two
 * that come for one place the one observed later does. As of before it is known where they were.
 */
export async function moveBars(
  tx: Transaction,
  vocabulary: SourceName,
  table: BarTable,
  { ids, runId }: Mover,
): Promise<void> {
  await temporary(
    tx,
    'misplaced',
    sql`with asked as materialized (${requestedOf(ids)}) ${misplacedBars(vocabulary, table, ids)}`,
  );
  await adoptUnknown(tx);
  const target = sql.table(`market.${table}`);
  const isSame = sql`b.instrument_id = m.instrument_id and b.session_date = m.session_date
    and (${sql.join(keyOf(table, 'b'))}) is not distinct from (${sql.join(keyOf(table, 'm'))})`;
  await temporary(
    tx,
    'moving',
    sql`select b.*, m.moved_to, m.ticker, m.day from ${target} b join misplaced m on ${isSame}`,
  );
  await sql`delete from ${target} b using moving m where ${isSame}`.execute(tx);
  const columns = sql.join(kept[table].map((column) => sql.ref(column)));
  await sql`insert into ${target} (instrument_id, source, ${columns})
    select moved_to, source, ${columns} from moving order by observed_at desc on conflict do nothing`.execute(
    tx,
  );
  await noteMoves(tx, table, runId);
  if (table === 'daily_bars') await moveCorrections(tx);
}

/** What persons say of bars that have moved goes with them; what is said of the bar there already stays. */
async function moveCorrections(tx: Transaction): Promise<void> {
  const columns = sql.join(
    [
      'session_date',
      'source',
      'field',
      'value',
      'observed',
      'taken_from',
      'finding_id',
      'person',
      'reason',
    ].map((column) => sql.ref(column)),
  );
  await sql`
    with gone as (
      delete from market.bar_corrections c using moving m
      where (c.instrument_id, c.session_date, c.source) = (m.instrument_id, m.session_date, m.source)
      returning m.moved_to, c.*
    )
    insert into market.bar_corrections (instrument_id, ${columns}) select moved_to, ${columns} from gone
    on conflict do nothing`.execute(tx);
}
