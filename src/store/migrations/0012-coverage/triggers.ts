/** A statement on a table whose rows the masks follow. */
interface Followed {
  readonly table: string;
  readonly does: 'insert' | 'update' | 'delete';
  /** The query whose rows are noted, of the rows that came, `came`, or are gone, `gone`, or both. */
  readonly noted: string;
}

const transition = {
  insert: { referencing: 'new table as came', any: 'select from came' },
  update: { referencing: 'old table as gone new table as came', any: 'select from came' },
  delete: { referencing: 'old table as gone', any: 'select from gone' },
} as const;

/** Notes what a kind of statement does, whoever makes it. */
function follow({ table, does, noted }: Followed): string {
  const name = `market.note_${table}_${does}`;
  const { referencing, any } = transition[does];
  return `
create function ${name}() returns trigger language plpgsql as $$
declare
  statement integer;
begin
  if not exists (${any}) then return null; end if;
  statement := market.begin_coverage_statement();
  insert into pg_temp.coverage_pending ${noted};
  perform market.end_coverage_statement(statement);
  return null;
end $$;
create trigger note_coverage_${does} after ${does} on market.${table}
  referencing ${referencing} for each statement execute function ${name}();
`;
}

/** Of daily bars each day counts; `settled` is null where there is no bar any more. */
const days = (cells: string) => `
  (statement, source, interval, month, instrument_id, touched, settled, provisional)
  select statement, source, '1d', month, instrument_id, bit_or(bit), coalesce(bit_or(bit) filter (where settled), 0),
    coalesce(bit_or(bit) filter (where not settled), 0)
  from (select source, instrument_id, settled, month, 1 << (session_date - month) as bit
    from (${cells}) cell, lateral (select market.month_of(session_date) as month) cut) marked
  group by source, month, instrument_id`;

/** Of absences each month that they reach over. Hours are told when they are read. */
const ranges = (rows: string) => `
  (statement, source, interval, month, instrument_id, retold, absent)
  select statement, source, interval, month, instrument_id, bit_or(mask), coalesce(bit_or(mask) filter (where stays), 0)
  from (select source, interval, instrument_id, stays, month::date as month,
      market.days_mask(greatest(session_date, month::date), least(last_session, (month + interval '1 month')::date - 1),
        month::date) as mask
    from (${rows}) told,
      lateral generate_series(market.month_of(session_date)::timestamp, last_session, '1 month') month
    where confirmed and opens_at is null and interval = '1d') marked
  group by source, interval, month, instrument_id`;

const told = 'select source, interval, instrument_id, session_date, last_session, opens_at, confirmed';

const followed: readonly Followed[] = [
  { table: 'daily_bars', does: 'insert', noted: days('select * from came') },
  {
    table: 'daily_bars',
    does: 'update',
    noted: days(`
      select source, instrument_id, session_date, came.settled
      from gone full join came using (source, instrument_id, session_date)
      where gone.settled is distinct from came.settled`),
  },
  {
    table: 'daily_bars',
    does: 'delete',
    noted: days('select source, instrument_id, session_date, null::boolean as settled from gone'),
  },
  { table: 'bar_absences', does: 'insert', noted: ranges('select *, true as stays from came') },
  {
    table: 'bar_absences',
    does: 'update',
    noted: ranges(`${told}, false as stays from gone union all ${told}, true from came`),
  },
  { table: 'bar_absences', does: 'delete', noted: ranges('select *, false as stays from gone') },
];

/** What the program copies into partitions it notes itself: masks by instrument and month, of which the first day since 1970. */
const copied = `
create function market.note_daily_copied(of_source text, ids integer[], months integer[], settled integer[],
  provisional integer[]) returns void language plpgsql as $$
declare
  statement integer := market.begin_coverage_statement();
begin
  insert into pg_temp.coverage_pending
    (statement, source, interval, month, instrument_id, touched, settled, provisional)
  select statement, of_source, '1d', date '1970-01-01' + month, id, came_settled | came_provisional, came_settled,
    came_provisional
  from unnest(ids, months, settled, provisional) as came(id, month, came_settled, came_provisional);
  perform market.end_coverage_statement(statement);
end $$;
`;

/** A table that is emptied as a whole has no rows to follow. */
const emptied = `
create function market.note_emptied() returns trigger language plpgsql as $$
begin
  -- What was noted before is of rows that are no more.
  if to_regclass('pg_temp.coverage_pending') is not null then
    delete from pg_temp.coverage_pending where month is not null;
  end if;
  perform market.rebuild_coverage('-infinity', 'infinity');
  return null;
end $$;
create trigger note_emptied after truncate on market.daily_bars execute function market.note_emptied();
create trigger note_emptied after truncate on market.bar_absences execute function market.note_emptied();
`;

export const triggers = [...followed.map(follow), copied, emptied].join('\n');
