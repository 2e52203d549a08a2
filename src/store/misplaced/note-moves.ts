import { sql } from 'kysely';
import type { MovedKind } from '../schema/identity.ts';
import type { Transaction } from '../transaction.ts';

/** The instruments among which is moved, and by which run; null: at the word of a person. */
export interface Mover {
  readonly ids: readonly number[];
  readonly runId: string | null;
}

/** Notes what has been moved: the rows of the temporary table `moving`. */
export async function noteMoves(tx: Transaction, what: MovedKind, runId: string | null): Promise<void> {
  await sql`
    insert into market.moves (moved_from, moved_to, what, source, ticker, first_day, last_day, row_count, run_id)
    select instrument_id, moved_to, ${what}, source, ticker, min(day), max(day), count(*), ${runId} from moving
    where moved_to is not null group by instrument_id, moved_to, source, ticker`.execute(tx);
}
