import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import type { Transaction } from '../transaction.ts';
import { misplacedActions } from './misplaced-rows.ts';
import { noteMoves, type Mover } from './note-moves.ts';
import { temporary } from './temporary-table.ts';
import { adoptUnknown } from './unknown-bearers.ts';

/** Moves the corporate actions of instruments to those of which they were told. How they stand is to be judged anew. */
export async function moveActions(
  tx: Transaction,
  vocabulary: SourceName,
  { ids, runId }: Mover,
): Promise<void> {
  await temporary(tx, 'misplaced', misplacedActions(vocabulary, ids));
  await adoptUnknown(tx);
  await temporary(tx, 'moving', sql`select * from misplaced`);
  await sql`update market.corporate_actions a set instrument_id = m.moved_to, ticker = m.ticker
    from moving m where a.id = m.id`.execute(tx);
  await noteMoves(tx, 'corporate_actions', runId);
}
