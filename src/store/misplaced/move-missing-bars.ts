import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import type { Transaction } from '../transaction.ts';
import { misplacedMissing } from './misplaced-rows.ts';
import { noteMoves, type Mover } from './note-moves.ts';
import { temporary } from './temporary-table.ts';

const columns = sql`interval, session_date, last_session, opens_at, reason, confirmed, run_id, observed_at, tellers`;

/** Moves what instruments are said to lack of sessions that have other bars; as `moveAbsences`. */
export async function moveMissingBars(
  tx: Transaction,
  vocabulary: SourceName,
  { ids, runId }: Mover,
): Promise<void> {
  await temporary(tx, 'moving', misplacedMissing(vocabulary, ids));
  await sql`delete from market.bar_absences a using moving m
    where (a.instrument_id, a.source, a.interval, a.session_date, a.opens_at)
      = (m.instrument_id, m.source, m.interval, m.session_date, m.opens_at)`.execute(tx);
  await sql`insert into market.bar_absences (instrument_id, source, ${columns})
    select moved_to, source, ${columns} from moving m
    where moved_to is not null and not exists (select from market.intraday_bars b
      where (b.instrument_id, b.source, b.interval, b.session_date, b.opens_at)
        = (m.moved_to, m.source, m.interval, m.session_date, m.opens_at))
    order by observed_at desc on conflict do nothing`.execute(tx);
  await noteMoves(tx, 'bar_absences', runId);
}
