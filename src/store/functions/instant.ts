import { clockLock } from '../migrations/0001-market/clock.ts';

/**
 * `take_instant`: an instant by which everything known then has been committed; what is written later becomes known
 * after it. `last_change`: when something became known last; two reads between which nothing has changed have one.
 */
export const instant = `
create or replace function market.last_change(before timestamptz) returns timestamptz language sql volatile as $$
  select coalesce(max(known_from), before) from market.changes where known_from <= before
$$;

create or replace function market.take_instant() returns timestamptz language plpgsql volatile set lock_timeout = '1s' as $$
declare
  oldest timestamptz;
begin
  for attempt in 1..5 loop
    begin
      perform pg_advisory_xact_lock(${clockLock});
      return clock_timestamp();
    exception when lock_not_available then
      -- A writer that does not end keeps nobody from reading what was known before it began.
      perform pg_stat_clear_snapshot();
      select min(writer.xact_start) into oldest
      from pg_locks held join pg_stat_activity writer using (pid)
      where held.locktype = 'advisory' and held.classid = 0 and held.objid = ${clockLock} and held.objsubid = 1
        and held.mode = 'ShareLock' and held.granted
        and held.database = (select oid from pg_database where datname = current_database());
      if oldest is not null then return oldest - interval '1 microsecond'; end if;
    end;
  end loop;
  raise exception 'no instant can be read beside those who write' using errcode = 'lock_not_available';
end $$;
`;
