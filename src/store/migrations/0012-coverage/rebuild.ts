/**
 * The masks of the months from one day to before another once more, from bars and absences. Who commits meanwhile waits, and
 * brings what he has written to the masks after; of him whose masks are in, the bars are seen.
 */
const recompute = `
create function market.rebuild_coverage(since date, before date, out months bigint, out differed bigint)
language plpgsql as $$
begin
  lock table market.coverage_versions in share row exclusive mode;
  with bars as (
    select source collate "C" as source, '1d' collate "C" as interval, month, instrument_id,
      coalesce(bit_or(bit) filter (where settled), 0) as settled,
      coalesce(bit_or(bit) filter (where not settled), 0) as provisional
    from (select source, instrument_id, settled, month, 1 << (session_date - month) as bit
      from market.daily_bars, lateral (select market.month_of(session_date) as month) cut
      where session_date >= since and session_date < before) marked
    group by source, month, instrument_id
  ), absences as (
    select source collate "C" as source, interval collate "C" as interval, month::date, instrument_id,
      bit_or(market.days_mask(greatest(session_date, month::date),
        least(last_session, (month + interval '1 month')::date - 1), month::date)) as absent
    from market.bar_absences, lateral generate_series(market.month_of(greatest(session_date, since))::timestamp,
      least(last_session, before - 1), '1 month') month
    where interval = '1d' and confirmed and opens_at is null and session_date < before and last_session >= since
    group by source, interval, month, instrument_id
  ), expected as (
    select source, interval, month, instrument_id, coalesce(settled, 0) as settled,
      coalesce(provisional, 0) as provisional, coalesce(absent, 0) as absent
    from bars full join absences using (source, interval, month, instrument_id)
  ), known as (
    select * from market.coverage_months
    where month >= since and month < before and (settled | provisional | absent) <> 0
  ), compared as materialized (
    select source, interval, month, instrument_id, expected.settled, expected.provisional, expected.absent,
      (expected.settled, expected.provisional, expected.absent)
        is distinct from (known.settled, known.provisional, known.absent) as differs
    from expected full join known using (source, interval, month, instrument_id)
  ), written as (
    insert into market.coverage_months (source, interval, month, instrument_id, settled, provisional, absent)
    select source, interval, month, instrument_id, coalesce(settled, 0), coalesce(provisional, 0), coalesce(absent, 0)
    from compared where differs order by source, interval, month, instrument_id
    on conflict (source, interval, month, instrument_id) do update set settled = excluded.settled,
      provisional = excluded.provisional, absent = excluded.absent
  ), changed as (
    insert into market.coverage_versions as known (source, interval, month, version, changed_at)
    select source, interval, month, 1, clock_timestamp() from compared where differs group by source, interval, month
    on conflict (source, interval, month) do update set version = known.version + 1, changed_at = excluded.changed_at
  )
  select count(*), count(*) filter (where any_differs) into months, differed
  from (select bool_or(differs) as any_differs from compared group by source, interval, month) month;
end $$;
`;

/** From all that was stored before there were masks. */
const fill = `select from market.rebuild_coverage('-infinity', 'infinity');`;

export const rebuild = { recompute, fill };
