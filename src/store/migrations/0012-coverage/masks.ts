/** Days of a month as a mask, and what an instrument's absences say of a month. */
export const masks = `
create function market.month_of(day date) returns date language sql immutable parallel safe as $$
  select date_trunc('month', day::timestamp)::date
$$;
create function market.days_mask(first date, last date, month date) returns integer
language sql immutable parallel safe as $$
  select (((1::bigint << (last - first + 1)) - 1) << (first - month))::integer
$$;
create function market.absent_days(instrument integer, of_source text, of_interval text, of_month date) returns integer
language sql stable as $$
  select coalesce(bit_or(market.days_mask(greatest(session_date, of_month), least(last_session, edge), of_month)), 0)
  from (select (of_month + interval '1 month')::date - 1 as edge) month, market.bar_absences absence
  where instrument_id = instrument and source = of_source and absence.interval = of_interval and confirmed
    and opens_at is null and session_date <= edge and last_session >= of_month
$$;
`;
