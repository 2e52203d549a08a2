import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { jsonOf } from './json.ts';
import type { Transaction } from './transaction.ts';

/** Days on which an instrument bore a ticker; of those that are in no such list, on all days. */
export interface BorneRange extends DateRange {
  readonly instrumentId: number;
}

/**
 * Completes the loads that the whole-market answers served, by what the store now has of the run's sessions; of an
 * instrument that bore a ticker on some of them only, of those.
 */
export async function finishMarketDayLoads(
  tx: Transaction,
  { runId, source }: { readonly runId: string; readonly source: SourceName },
  { sessions, borne }: { readonly sessions: readonly SessionDate[]; readonly borne: readonly BorneRange[] },
): Promise<void> {
  const open = sql`run_id = ${runId} and status in ('pending', 'running') and instrument_id is not null`;
  const { rows } = await sql`select from market.load_runs where ${open} limit 1`.execute(tx);
  if (rows.length === 0) return;
  const days = sql`any(${sessions}::date[])`;
  // Of tables filled a moment ago the planner has no figures, and a nested loop over both would be quadratic.
  await sql`set local enable_nestloop = off`.execute(tx);
  await sql`
  with mine as (
    select id, instrument_id from market.load_runs where ${open}
  ), borne as (
    select "instrumentId" as instrument_id, "from" as first, "to" as last
    from jsonb_to_recordset(${jsonOf(borne)}::jsonb) as b("instrumentId" int, "from" date, "to" date)
  ), expected as (
    select instrument_id, sum((select count(*) from unnest(${sessions}::date[]) day where day between first and last))::int as cells
    from borne group by instrument_id
  ), span as (
    select mine.id, instrument_id, coalesce(first, '-infinity') as first, coalesce(last, 'infinity') as last
    from mine left join borne using (instrument_id)
  ), present as (
    select instrument_id, sum(cells)::int as cells from (
      select instrument_id, 1 as cells from market.daily_bars join span using (instrument_id)
      where source = ${source} and session_date = ${days} and session_date between first and last
      union all
      select instrument_id, (select count(*) from unnest(${sessions}::date[]) day
        where day between greatest(session_date, first) and least(last_session, last))
      from market.bar_absences join span using (instrument_id)
      where source = ${source} and interval = '1d' and confirmed
        and session_date <= (select max(day) from unnest(${sessions}::date[]) day)
        and last_session >= (select min(day) from unnest(${sessions}::date[]) day)
    ) cell group by instrument_id
  ), failure as (
    select mine.id, min(request.error_kind) as kind, min(request.error_message) as message
    from market.load_requests request join span as mine on request.range_start between mine.first and mine.last
    where request.run_id = ${runId} and request.load_id is null and request.status = 'failed'
      and not exists (select from market.daily_bars bar where bar.source = ${source} and bar.settled
        and bar.session_date = request.range_start and bar.instrument_id = mine.instrument_id)
      and not exists (select from market.bar_absences absence where absence.source = ${source}
        and absence.interval = '1d' and absence.confirmed
        and request.range_start between absence.session_date and absence.last_session
        and absence.instrument_id = mine.instrument_id)
    group by mine.id
  ), verdict as (
    select mine.id, coalesce(expected.cells, ${sessions.length}::int) - coalesce(present.cells, 0) as missing,
      failure.kind, failure.message
    from mine left join present using (instrument_id) left join expected using (instrument_id)
    left join failure on failure.id = mine.id
  )
  update market.load_runs l set completed_at = now(), attempts = greatest(l.attempts, 1),
    started_at = coalesce(l.started_at, now()),
    status = case
      when v.kind is null and v.missing = 0 and l.error_kind is null then 'success'
      when v.kind is not null and l.records_count = 0 and v.kind <> 'NotYetAvailable' then 'failed'
      when l.error_kind = 'WriteRefused' and l.records_count = 0 then 'failed'
      else 'partial' end,
    error_kind = coalesce(l.error_kind, v.kind, case when v.missing > 0 then 'NotYetAvailable' end),
    error_message = coalesce(l.error_message, v.message, case when v.missing > 0 then
      format('no bar yet for %s of %s sessions', v.missing, ${sessions.length}::int) end)
  from verdict v where l.id = v.id`.execute(tx);
}
