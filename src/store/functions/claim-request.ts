/**
 * Whether a run may ask a request of its own. Of each cell, one session of one instrument, it is told whether another
 * run has had it answered since this one began, or asks for it at the moment.
 */
export const claimRequest = `
create or replace function market.claim_request(claimed bigint, lane text) returns text language plpgsql as $$
declare
  own record;
  standing text;
begin
  select request.*, run.started_at, run.sessions -> 'sessions' as sessions,
    run.sessions -> 'again' as again, run.parameters ->> 'source' as source,
    run.parameters ->> 'interval' as interval into own
  from market.load_requests request join market.runs run using (run_id) where request.id = claimed;
  -- A claim that a crash of the server loses is made again.
  perform set_config('synchronous_commit', 'off', true),
    pg_advisory_xact_lock(hashtextextended(format('claims of %s %s', own.source, own.interval), 0));
  with other_run as materialized (
    select run_id, closed_at is null as open from market.runs
    where run_id <> own.run_id and (closed_at is null or closed_at >= own.started_at)
      and parameters ->> 'source' = own.source and parameters ->> 'interval' = own.interval
  ), cell as materialized (
    select load.instrument_id, session::date as session, own.again ? session as is_again
    from market.load_runs load cross join jsonb_array_elements_text(own.sessions) session
    where session::date between own.range_start and own.range_end and (
      load.id = own.load_id or own.load_id is null and load.run_id = own.run_id and load.completed_at is null
        and not exists (select from market.load_requests request where request.load_id = load.id))
      and exists (select from other_run)
  ), asked as materialized (
    select request.run_id, request.load_id, request.range_start, request.range_end, request.asked_at,
      request.status = 'done' as is_done
    from other_run join market.load_requests request using (run_id)
    where request.range_start <= own.range_end and request.range_end >= own.range_start
      and (request.status = 'done' and request.closed_at >= own.started_at
        -- Whoever asks for longer than that has died. What is urgent waits for nobody who is not.
        or request.status = 'pending' and open and request.asked_at > clock_timestamp() - interval '3 minutes'
          and (lane <> 'live' or request.asked_lane = 'live'))
  ), beside as (
    select load.instrument_id, asked.range_start, asked.range_end, asked.asked_at, asked.is_done
    from asked join market.load_runs load on load.id = asked.load_id
    where own.load_id is not null and load.error_kind is null and load.status in ('pending', 'running', 'success')
    union all
    select load.instrument_id, asked.range_start, asked.range_end, asked.asked_at, asked.is_done
    from asked join market.load_runs load using (run_id)
    where asked.load_id is null and load.error_kind is null and load.status in ('pending', 'running', 'success')
      and not exists (select from market.load_requests request where request.load_id = load.id)
      -- The silence of a whole market is judged by the run that asked it, at its end.
      and (own.load_id is null or not asked.is_done or exists (select from market.daily_bars bar
        where bar.instrument_id = load.instrument_id and bar.source = own.source
          and bar.session_date = asked.range_start))
  ), told as (
    select coalesce(bool_or(is_done), false) as is_done, count(is_done) > 0 as is_asked
    from cell left join beside on beside.instrument_id = cell.instrument_id
      and cell.session between beside.range_start and beside.range_end
      -- What is asked again whatever is stored may have changed before this run began.
      and (not cell.is_again or beside.asked_at >= own.started_at)
    group by cell.instrument_id, cell.session
  )
  select case when bool_and(is_done) then 'answered' when bool_and(is_asked) then 'busy' else 'ours' end into standing
  from told;
  if standing = 'ours' then
    update market.load_requests set asked_at = clock_timestamp(), asked_lane = lane where id = claimed;
  end if;
  return standing;
end
$$;
`;
