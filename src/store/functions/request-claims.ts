/**
 * Whether a run may ask requests of its own. Of each cell, one session of one instrument, it is told whether another
 * run has had it answered since this one began, or asks for it at the moment.
 */
export const requestClaims = `
-- Answered since an instant, or asked at the moment: who asks for longer than three minutes has died, and what is urgent
-- waits for nobody who is not.
create or replace function market.is_asked(request market.load_requests, began timestamptz, lane text)
returns boolean language sql stable as $$
  select request.status = 'done' and request.closed_at >= began
    or request.status = 'pending' and request.asked_at > clock_timestamp() - interval '3 minutes'
      and (lane <> 'live' or request.asked_lane = 'live')
      and exists (select from market.runs where run_id = request.run_id and closed_at is null)
$$;

create or replace function market.is_whole(load market.load_runs) returns boolean language sql stable as $$
  select load.error_kind is null and load.status in ('pending', 'running', 'success')
$$;

-- What is asked again whatever is stored may have changed before a run began: 'again' has those sessions.
create or replace function market.series_standing(claimed bigint, others uuid[], lane text)
returns text language sql stable as $$
  with own as materialized (
    select request.range_start, request.range_end, load.instrument_id, run.started_at, run.sessions, load.data_source
    from market.load_requests request join market.load_runs load on load.id = request.load_id
    join market.runs run on run.run_id = request.run_id where request.id = claimed
  ), series as materialized (
    select request.range_start, request.range_end, request.asked_at, request.status = 'done' as is_done
    from own join market.load_runs load on load.instrument_id = own.instrument_id and load.run_id = any(others)
    join market.load_requests request on request.load_id = load.id
    where market.is_whole(load) and market.is_asked(request, own.started_at, lane)
  ), day as materialized (
    select request.range_start as session, request.asked_at, request.status = 'done' as is_done
    from own join market.load_requests request on request.run_id = any(others) and request.load_id is null
      and request.range_start between own.range_start and own.range_end
    join market.load_runs load on load.run_id = request.run_id and load.instrument_id = own.instrument_id
    where market.is_whole(load) and market.is_asked(request, own.started_at, lane)
      and not exists (select from market.load_requests single where single.load_id = load.id)
      -- The silence of a whole market is judged by the run that has asked it, at its end.
      and (request.status <> 'done' or exists (select from market.daily_bars bar
        where bar.instrument_id = own.instrument_id and bar.source = own.data_source
          and bar.session_date = request.range_start))
  ), wanted as materialized (
    select session::date as session, (own.sessions -> 'again') ? session as is_again, own.started_at
    from own cross join jsonb_array_elements_text(own.sessions -> 'sessions') session
    where session::date between own.range_start and own.range_end
  ), told as (
    select bool_or(coalesce(series.is_done, false) or coalesce(day.is_done, false)) as is_done,
      count(series.is_done) + count(day.is_done) > 0 as is_asked
    from wanted
    left join series on wanted.session between series.range_start and series.range_end
      and (not is_again or series.asked_at >= started_at)
    left join day on day.session = wanted.session and (not is_again or day.asked_at >= started_at)
    group by wanted.session
  )
  select case when bool_and(is_done) then 'answered' when bool_and(is_asked) then 'busy' else 'ours' end from told
$$;

create or replace function market.market_day_standing(claimed bigint, others uuid[], lane text)
returns text language sql stable as $$
  with own as materialized (
    select request.run_id, request.range_start, run.started_at,
      (run.sessions -> 'again') ? request.range_start::text as is_again
    from market.load_requests request join market.runs run using (run_id) where request.id = claimed
  ), wanted as materialized (
    select load.instrument_id from own join market.load_runs load using (run_id)
    where load.completed_at is null and load.instrument_id is not null
      and not exists (select from market.load_requests single where single.load_id = load.id)
  ), told as materialized (
    select load.instrument_id, request.status = 'done' as is_done
    from own join market.load_requests request on request.run_id = any(others) and request.load_id is null
      and request.range_start = own.range_start
    join market.load_runs load on load.run_id = request.run_id
    where market.is_whole(load) and market.is_asked(request, own.started_at, lane)
      and (not own.is_again or request.asked_at >= own.started_at)
      and not exists (select from market.load_requests single where single.load_id = load.id)
  )
  select case when not exists (select from wanted) then 'ours'
    when not exists (select instrument_id from wanted except select instrument_id from told where is_done) then 'answered'
    when not exists (select instrument_id from wanted except select instrument_id from told) then 'busy'
    else 'ours' end
$$;

-- Of requests of one run, which are its own to ask now.
create or replace function market.claim_requests(claimed bigint[], lane text) returns table (id bigint, claim text)
language plpgsql as $$
declare
  own record;
  others uuid[];
begin
  select run.run_id, run.started_at, run.parameters ->> 'source' as source,
    run.parameters ->> 'interval' as interval into own
  from market.load_requests request join market.runs run using (run_id) where request.id = any(claimed) limit 1;
  -- A claim that a crash of the server loses is made again.
  perform set_config('synchronous_commit', 'off', true),
    pg_advisory_xact_lock(hashtextextended(format('claims of %s %s', own.source, own.interval), 0));
  others := array(select run_id from market.runs
    where run_id <> own.run_id and (closed_at is null or closed_at >= own.started_at)
      and parameters ->> 'source' = own.source and parameters ->> 'interval' = own.interval);
  return query with standing as materialized (
    select request.id, case when others = '{}' then 'ours'
      when request.load_id is null then market.market_day_standing(request.id, others, lane)
      else market.series_standing(request.id, others, lane) end as claim
    from market.load_requests request where request.id = any(claimed)
  ), ours as (
    update market.load_requests request set asked_at = clock_timestamp(), asked_lane = lane
    from standing where request.id = standing.id and standing.claim = 'ours'
  ) select * from standing;
end
$$;
`;
