import type pg from 'pg';
import type { Absence } from '../domain/absence.ts';

export interface IncomingAbsence extends Absence {
  readonly instrumentId: number;
  /** ISO 8601. */
  readonly observedAt: string;
}

/** Records why there is no bar, inside the caller's transaction; a cell that has a bar, or a reason, keeps it. */
export async function writeAbsences(
  client: pg.PoolClient,
  origin: { readonly source: string; readonly interval: string; readonly runId: string },
  absences: readonly IncomingAbsence[],
): Promise<void> {
  if (absences.length === 0) return;
  await client.query(
    `insert into market.bar_absences (instrument_id, source, interval, session_date, reason, run_id, observed_at)
     select a.instrument, $1, $2, a.session, a.reason, $3, a.observed
     from unnest($4::int[], $5::date[], $6::text[], $7::timestamptz[]) as a(instrument, session, reason, observed)
     where not exists (select from market.daily_bars b
       where b.instrument_id = a.instrument and b.source = $1 and b.session_date = a.session)
     order by a.instrument, a.session on conflict do nothing`,
    [
      origin.source,
      origin.interval,
      origin.runId,
      absences.map(({ instrumentId }) => instrumentId),
      absences.map(({ session }) => session),
      absences.map(({ reason }) => reason),
      absences.map(({ observedAt }) => observedAt),
    ],
  );
}
