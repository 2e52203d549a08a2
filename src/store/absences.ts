import { sql } from 'kysely';
import type { Absence } from '../domain/absence.ts';
import { isFinal } from '../domain/finality.ts';
import { isOwn, layoutOf, opensAt } from './bar-layout.ts';
import type { Database } from './database.ts';
import type { BarOrigin } from './bars/incoming-bars.ts';

export interface IncomingAbsence extends Absence {
  readonly instrumentId: number;
  /** ISO 8601. */
  readonly observedAt: string;
}

/**
 * Records why there is no bar; a cell that has a bar, or a confirmed reason, keeps it. One that is not believed yet is
 * noted: when it was seen last while a bar would have been final, or first before that.
 */
export async function writeAbsences(
  db: Database,
  origin: BarOrigin,
  absences: readonly IncomingAbsence[],
): Promise<void> {
  if (absences.length === 0) return;
  const { source, interval, runId } = origin;
  const layout = layoutOf(interval);
  const rows = sql`unnest(
    ${absences.map(({ instrumentId }) => instrumentId)}::int[],
    ${absences.map(({ session }) => session)}::date[],
    ${absences.map(({ opensAt }) => opensAt ?? null)}::timestamptz[],
    ${absences.map(({ reason }) => reason)}::text[],
    ${absences.map(({ confirmed }) => confirmed)}::boolean[],
    ${absences.map(({ session, observedAt }) => isFinal(source, session, observedAt))}::boolean[],
    ${absences.map(({ observedAt }) => observedAt)}::timestamptz[])`;
  await sql`
    insert into market.bar_absences as known
      (instrument_id, source, interval, session_date, opens_at, reason, confirmed, run_id, observed_at)
    select a.instrument, ${source}, ${interval}, a.session, a.opens, a.reason, a.confirmed, ${runId}, a.observed
    from ${rows} as a(instrument, session, opens, reason, confirmed, final, observed)
    where not exists (select from ${sql.table(layout.table)} stored
      where stored.instrument_id = a.instrument and stored.source = ${source} and ${isOwn(layout)}
        and stored.session_date = a.session and (a.opens is null or ${opensAt(layout, 'stored')} = a.opens))
      and (a.final or a.confirmed or not exists (select from market.bar_absences early
        where early.instrument_id = a.instrument and early.source = ${source} and early.interval = ${interval}
          and early.session_date = a.session and early.opens_at is not distinct from a.opens))
    order by a.instrument, a.session, a.opens
    on conflict (instrument_id, source, interval, session_date, opens_at) do update
      set confirmed = excluded.confirmed, reason = excluded.reason, run_id = excluded.run_id,
        observed_at = excluded.observed_at
    where not known.confirmed and (excluded.confirmed or excluded.observed_at > known.observed_at)`.execute(
    db,
  );
}
