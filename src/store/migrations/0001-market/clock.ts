/** Any number that no other lock of this database has: held by who writes what is versioned, asked for by who reads an instant. */
export const clockLock = 7_270_126;

/**
 * The one clock of what is known: a transaction takes its instant when it first writes something versioned, under a lock
 * that it shares with other writers until it ends. Whoever holds that lock alone and reads the clock has an instant by
 * which everything known has been committed, and after which everything else will be.
 */
export const clock = `
create table market.changes (known_from timestamptz not null);
create index changes_known_from on market.changes (known_from);
comment on table market.changes is 'when something became known: an instant of each transaction that wrote it';

create function market.stamp() returns timestamptz language plpgsql volatile as $$
declare
  told text := current_setting('market.stamp', true);
begin
  if coalesce(told, '') = '' then
    perform pg_advisory_xact_lock_shared(${clockLock});
    -- Text that means the same in every session.
    told := to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00');
    perform set_config('market.stamp', told, true);
    insert into market.changes values (told::timestamptz);
  end if;
  return told;
end $$;

-- When a row is known from that replaces one known from then: of two writers who waited for each other, the later in
-- effect may have the earlier instant.
create function market.stamp_after(since timestamptz) returns timestamptz language sql volatile as $$
  select case when since = stamp then stamp else greatest(stamp, since + interval '1 microsecond') end
  from (select market.stamp() as stamp) clock
$$;

create function market.restamp() returns trigger language plpgsql as $$
begin
  new.known_from := market.stamp_after(old.known_from);
  return new;
end $$;
`;
