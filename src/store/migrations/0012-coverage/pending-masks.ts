/**
 * What a transaction does to the masks is noted while it writes and applied as it commits: then each takes its months in
 * one order, holds them for moments and waits for nothing after, so that no two can deadlock over them. Sessions keep the
 * temporary table that they have made, and its trigger: who changes that table later gives it another name, and who changes a
 * function replaces it.
 */
const note = `
create function market.begin_coverage_statement() returns integer language plpgsql as $$
declare
  statement integer := coalesce(nullif(current_setting('market.coverage_statement', true), '')::integer, 0) + 1;
begin
  if to_regclass('pg_temp.coverage_pending') is null then
    -- Of the days that bars came to or went from, those that have one now; of those of absences, those within one now.
    create temp table coverage_pending (
      statement integer not null,
      source text collate "C" not null,
      interval text collate "C" not null,
      month date,
      instrument_id integer not null,
      touched integer not null default 0,
      settled integer not null default 0,
      provisional integer not null default 0,
      retold integer not null default 0,
      absent integer not null default 0
    ) on commit delete rows;
    create constraint trigger apply after insert on pg_temp.coverage_pending deferrable initially deferred
      for each row when (new.month is null) execute function market.apply_coverage();
  end if;
  -- It goes back with a savepoint, as what is noted does.
  perform set_config('market.coverage_statement', statement::text, true);
  return statement;
end $$;

-- The row without a month has the others applied: at once where constraints are immediate, so it comes after them.
create function market.end_coverage_statement(statement integer) returns void language plpgsql as $$
begin
  if statement = 1 then
    insert into pg_temp.coverage_pending (statement, source, interval, month, instrument_id) values (0, '', '', null, 0);
  end if;
end $$;
`;

/** Of several statements that changed a day the last one says what it is. */
const fold = `
create function market.fold_coverage() returns void language plpgsql as $$
begin
  with noted as (
    delete from pg_temp.coverage_pending where ctid = any(array(
      select unnest(places) from (
        select array_agg(ctid) as places from pg_temp.coverage_pending where month is not null
        group by instrument_id, month, interval, source having count(*) > 1) repeated))
    returning *
  ), after as (
    select noted.*, coalesce(bit_or(touched) over later, 0) as touched_later, coalesce(bit_or(retold) over later, 0) as retold_later
    from noted
    window later as (partition by instrument_id, month, interval, source order by statement desc
      rows between unbounded preceding and 1 preceding)
  )
  insert into pg_temp.coverage_pending
  select 0, source, interval, month, instrument_id, bit_or(touched), bit_or(settled & ~touched_later),
    bit_or(provisional & ~touched_later), bit_or(retold), bit_or(absent & ~retold_later)
  from after group by instrument_id, month, interval, source;
end $$;

-- A range that grows by a day is taken away and brought again: the months before it stay as they are. Nobody else changes the
-- days of rows that this transaction holds, so that there is nothing to hold the month for.
create function market.forget_same_coverage() returns void language plpgsql
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off as $$
begin
  delete from pg_temp.coverage_pending due using market.coverage_months known
  where (known.source, known.interval, known.month, known.instrument_id)
      = (due.source, due.interval, due.month, due.instrument_id)
    and due.retold <> 0 and (known.settled & due.touched, known.provisional & due.touched, known.absent & due.retold)
      = (due.settled, due.provisional, due.absent);
end $$;
`;

/** Where days are no longer within the absence that they were in, another one may be stored that has them. */
const absent = (known: string) => `case when due.retold & ~due.absent = 0 then ${known} | due.absent
      else market.absent_days(due.instrument_id, due.source, due.interval, due.month) end`;

/** The plans are kept from when the tables were small or empty: only the way by the key stays good. */
const apply = `
create function market.apply_coverage() returns trigger language plpgsql
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off as $$
declare
  statements text := current_setting('market.coverage_statement', true);
  updated bigint;
begin
  perform set_config('market.coverage_statement', '', true);
  if statements is distinct from '1' then
    perform market.fold_coverage();
    perform market.forget_same_coverage();
  end if;
  insert into market.coverage_versions as known (source, interval, month, version, changed_at)
  select source, interval, month, 1, clock_timestamp() from pg_temp.coverage_pending where month is not null
  group by source, interval, month order by source, interval, month
  on conflict (source, interval, month) do update set version = known.version + 1, changed_at = excluded.changed_at;
  -- Now the months are held, and all is seen that others have committed of them.
  update market.coverage_months known set settled = known.settled & ~due.touched | due.settled,
    provisional = known.provisional & ~due.touched | due.provisional, absent = ${absent('known.absent')}
  from pg_temp.coverage_pending due
  where (known.source, known.interval, known.month, known.instrument_id)
    = (due.source, due.interval, due.month, due.instrument_id);
  get diagnostics updated = row_count;
  if updated < (select count(*) from pg_temp.coverage_pending where month is not null) then
    insert into market.coverage_months (source, interval, month, instrument_id, settled, provisional, absent)
    select source, interval, month, instrument_id, settled, provisional, ${absent('0')}
    from pg_temp.coverage_pending due
    where month is not null and not exists (select from market.coverage_months known
      where (known.source, known.interval, known.month, known.instrument_id)
        = (due.source, due.interval, due.month, due.instrument_id));
  end if;
  delete from pg_temp.coverage_pending;
  return null;
end $$;
`;

export const pendingMasks = [note, fold, apply].join('\n');
