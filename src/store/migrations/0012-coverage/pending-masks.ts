/**
 * What a transaction does to the masks is noted while it writes and applied as it commits: then each takes its months in
 * one order, holds them for moments and waits for nothing after, so that no two can deadlock over them.
 */
const note = `
create function market.begin_coverage_statement() returns integer language plpgsql as $$
declare
  statement integer := coalesce(nullif(current_setting('market.coverage_statement', true), '')::integer, 0) + 1;
begin
  if to_regclass('pg_temp.coverage_pending') is null then
    create temp table coverage_pending (
      statement integer not null,
      source text collate "C" not null,
      interval text collate "C" not null,
      month date,
      instrument_id integer not null,
      touched integer not null,
      settled integer not null,
      provisional integer not null,
      absences boolean not null
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
  if statement = 1 then insert into pg_temp.coverage_pending values (0, '', '', null, 0, 0, 0, 0, false); end if;
end $$;
`;

/** Of several statements that changed a day the last one says what it is. */
const fold = `
create function market.fold_coverage() returns void language plpgsql as $$
begin
  with noted as (
    delete from pg_temp.coverage_pending where month is not null returning *
  ), after as (
    select noted.*, coalesce(bit_or(touched) over (partition by instrument_id, month, interval, source
      order by statement desc rows between unbounded preceding and 1 preceding), 0) as later
    from noted
  )
  insert into pg_temp.coverage_pending
  select 0, source, interval, month, instrument_id, bit_or(touched), bit_or(settled & ~later),
    bit_or(provisional & ~later), bool_or(absences)
  from after group by instrument_id, month, interval, source;
end $$;
`;

/**
 * The plans are kept from when the tables were small or empty: only the way by the key stays good. Absences are read anew once
 * the months are held: by then all is seen that others have committed of them.
 */
const apply = `
create function market.apply_coverage() returns trigger language plpgsql
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off as $$
declare
  statements integer := current_setting('market.coverage_statement', true)::integer;
  updated bigint;
begin
  perform set_config('market.coverage_statement', '', true);
  if statements > 1 then perform market.fold_coverage(); end if;
  insert into market.coverage_versions as known (source, interval, month, version, changed_at)
  select source, interval, month, 1, clock_timestamp() from pg_temp.coverage_pending where month is not null
  group by source, interval, month order by source, interval, month
  on conflict (source, interval, month) do update set version = known.version + 1, changed_at = excluded.changed_at;
  update market.coverage_months known set settled = known.settled & ~due.touched | due.settled,
    provisional = known.provisional & ~due.touched | due.provisional,
    absent = case when due.absences then
      market.absent_days(due.instrument_id, due.source, due.interval, due.month) else known.absent end
  from pg_temp.coverage_pending due
  where (known.source, known.interval, known.month, known.instrument_id)
    = (due.source, due.interval, due.month, due.instrument_id);
  get diagnostics updated = row_count;
  if updated < (select count(*) from pg_temp.coverage_pending where month is not null) then
    insert into market.coverage_months (source, interval, month, instrument_id, settled, provisional, absent)
    select source, interval, month, instrument_id, settled, provisional,
      case when absences then market.absent_days(instrument_id, source, interval, month) else 0 end
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
