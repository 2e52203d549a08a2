import { sql } from 'kysely';
import type { ToldAbsence } from '../domain/absence-rows.ts';
import { isFinal } from '../domain/finality.ts';
import { isIntraday } from '../domain/interval.ts';
import type { BarOrigin } from './bars/incoming-bars.ts';
import type { Transaction } from './transaction.ts';

/** The absence of a bar that is shorter than its session. */
export interface PartAbsence extends ToldAbsence {
  readonly instrumentId: number;
  /** When the bar would begin, ISO 8601. */
  readonly opensAt: string;
}

/**
 * Records which bars of sessions that have others lack, a row each, by the same rules as those of whole sessions: what
 * has a bar or is confirmed stays.
 */
export async function writePartAbsences(
  tx: Transaction,
  { source, interval, runId }: BarOrigin,
  absences: readonly PartAbsence[],
): Promise<void> {
  if (absences.length === 0 || !isIntraday(interval)) return;
  const rows = sql`unnest(
    ${absences.map(({ instrumentId }) => instrumentId)}::int[],
    ${absences.map(({ session }) => session)}::date[],
    ${absences.map(({ opensAt }) => opensAt)}::timestamptz[],
    ${absences.map(({ reason }) => reason)}::text[],
    ${absences.map(({ confirmed }) => confirmed)}::boolean[],
    ${absences.map(({ session, observedAt }) => isFinal(source, session, observedAt))}::boolean[],
    ${absences.map(({ observedAt }) => observedAt)}::timestamptz[])`;
  await sql`
    insert into market.bar_absences as known (instrument_id, source, interval, session_date, last_session, opens_at,
      reason, confirmed, run_id, observed_at)
    select a.instrument, ${source}, ${interval}, a.session, a.session, a.opens, a.reason, a.confirmed, ${runId}, a.observed
    from ${rows} as a(instrument, session, opens, reason, confirmed, final, observed)
    where not exists (select from market.intraday_bars stored
      where stored.instrument_id = a.instrument and stored.source = ${source} and stored.interval = ${interval}
        and stored.session_date = a.session and stored.opens_at = a.opens)
      and (a.final or a.confirmed or not exists (select from market.bar_absences early
        where early.instrument_id = a.instrument and early.source = ${source} and early.interval = ${interval}
          and early.session_date = a.session and early.opens_at = a.opens))
    order by a.instrument, a.session, a.opens
    on conflict (instrument_id, source, interval, session_date, opens_at) do update
      set confirmed = excluded.confirmed, reason = excluded.reason, run_id = excluded.run_id,
        observed_at = excluded.observed_at
    where not known.confirmed and (excluded.confirmed or excluded.observed_at > known.observed_at)`.execute(
    tx,
  );
}
