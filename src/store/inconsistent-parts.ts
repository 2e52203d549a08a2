import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { Database } from './database.ts';

/** A stored bar of a part of a session. */
export interface StoredPart {
  readonly instrumentId: number;
  readonly session: SessionDate;
  /** ISO 8601. */
  readonly opensAt: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The stored parts of some sessions whose high or low does not hold what was traded at, oldest first. */
export async function doubtfulParts(
  db: Database,
  { source, interval }: { readonly source: SourceName; readonly interval: Interval },
  sessions: readonly Pick<StoredPart, 'instrumentId' | 'session'>[],
): Promise<readonly StoredPart[]> {
  if (sessions.length === 0) return [];
  const { rows } = await sql<StoredPart>`
    select stored.instrument_id as "instrumentId", stored.session_date as session,
      ${instantText(sql.ref('stored.opens_at'))} as "opensAt", open, high, low, close, volume
    from market.intraday_bars stored
    join (
      select distinct * from unnest(${sessions.map(({ instrumentId }) => instrumentId)}::int[],
        ${sessions.map(({ session }) => session)}::date[]) as came(id, session)
    ) came on came.id = stored.instrument_id and came.session = stored.session_date
    where stored.source = ${source} and stored.interval = ${interval}
      and (high < greatest(open, close) or low > least(open, close))
    order by 1, 3`.execute(db);
  return rows;
}
