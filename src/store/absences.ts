import type pg from 'pg';
import type { Absence } from '../domain/absence.ts';
import type { BarOrigin } from './write-bars.ts';

export interface IncomingAbsence extends Absence {
  readonly instrumentId: number;
  /** ISO 8601. */
  readonly observedAt: string;
}

const barThere = {
  '1d': `select from market.daily_bars b
    where b.instrument_id = a.instrument and b.source = $1 and b.session_date = a.session`,
  '1h': `select from market.intraday_bars b
    where b.instrument_id = a.instrument and b.source = $1 and b.interval = $2
      and b.session_date = a.session and (a.opens is null or b.opens_at = a.opens)
      and b.opens_at >= a.session and b.opens_at < a.session + 2`,
};

/**
 * Records why there is no bar, inside the caller's transaction; a cell that has a bar, or a confirmed reason, keeps it.
 * One that is too young to be believed is noted, and confirmed by a second answer on a later day, New York.
 */
export async function writeAbsences(
  client: pg.PoolClient,
  origin: BarOrigin,
  absences: readonly IncomingAbsence[],
): Promise<void> {
  if (absences.length === 0) return;
  await client.query(
    `insert into market.bar_absences as known
       (instrument_id, source, interval, session_date, opens_at, reason, confirmed, run_id, observed_at)
     select a.instrument, $1, $2, a.session, a.opens, a.reason, a.confirmed, $3, a.observed
     from unnest($4::int[], $5::date[], $6::text[], $7::boolean[], $8::timestamptz[], $9::timestamptz[])
       as a(instrument, session, reason, confirmed, observed, opens)
     where not exists (${barThere[origin.interval]})
     order by a.instrument, a.session, a.opens
     on conflict (instrument_id, source, interval, session_date, opens_at) do update
       set confirmed = true, reason = excluded.reason, run_id = excluded.run_id, observed_at = excluded.observed_at
     where not known.confirmed and (excluded.confirmed
       or (excluded.observed_at at time zone 'America/New_York')::date
         > (known.observed_at at time zone 'America/New_York')::date)`,
    [
      origin.source,
      origin.interval,
      origin.runId,
      absences.map(({ instrumentId }) => instrumentId),
      absences.map(({ session }) => session),
      absences.map(({ reason }) => reason),
      absences.map(({ confirmed }) => confirmed),
      absences.map(({ observedAt }) => observedAt),
      absences.map(({ opensAt }) => opensAt ?? null),
    ],
  );
}
