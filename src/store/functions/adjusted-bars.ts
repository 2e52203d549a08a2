import { inBothTenses } from './tense.ts';

/** Stored bars as they are read. */
export const adjustedBars = inBothTenses(
  ({ parameter, argument, rows, settled }) => `
create or replace function market.adjusted_daily_bars(
  instrument integer, bar_source text, first_session date, last_session date, adjust text${parameter}
) returns table (
  session_date date, open double precision, high double precision, low double precision, close double precision,
  volume double precision, vwap double precision, trades bigint, settled boolean, observed_at timestamptz
) language sql stable as $$
  with bars as materialized (
    select * from ${rows('daily_bars', 'daily_bar')} bar
    where bar.instrument_id = instrument and bar.source = bar_source
      and bar.session_date between first_session and last_session
  ), factors as materialized (
    -- One look-up a span between actions, not one a bar.
    select span.since, span.until, span.basis, f.price_factor, f.share_factor
    from (
      select distinct on (marker, basis) marker as since, basis,
        lead(marker) over (partition by basis order by marker) as until
      from (
        select 'epoch'::date - 1000000 as marker union
        select ex_date from ${rows('corporate_actions', 'corporate_action')} action
          where instrument_id = instrument and status in ('effective', 'disputed', 'pending')
      ) markers cross join (select distinct split_basis as basis from bars) bases
    ) span
    cross join lateral market.adjustment(instrument, bar_source,
      greatest(span.since, date '0001-01-01'), span.basis, adjust${argument}) f
    where market.is_known(instrument, greatest(span.since, date '0001-01-01'), span.basis, adjust${argument})
  )
  select bar.session_date, bar.open * price_factor, bar.high * price_factor, bar.low * price_factor,
    bar.close * price_factor, bar.volume / share_factor, bar.vwap * price_factor, bar.trades, ${settled}, bar.observed_at
  from bars bar join factors f on f.basis is not distinct from bar.split_basis
    and bar.session_date >= f.since and (f.until is null or bar.session_date < f.until)
  order by bar.session_date
$$;

create or replace function market.adjusted_intraday_bars(
  instrument integer, bar_source text, bar_interval text, first_session date, last_session date, adjust text${parameter}
) returns table (
  session_date date, opens_at timestamptz, open double precision, high double precision, low double precision,
  close double precision, volume double precision, vwap double precision, trades bigint, settled boolean,
  observed_at timestamptz
) language sql stable as $$
  with bars as materialized (
    select * from ${rows('intraday_bars', 'intraday_bar')} bar
    where bar.instrument_id = instrument and bar.source = bar_source and bar.interval = bar_interval
      and bar.session_date between first_session and last_session
  ), factors as materialized (
    select day.session_date, day.split_basis, f.price_factor, f.share_factor
    from (select distinct session_date, split_basis from bars) day
    cross join lateral market.adjustment(instrument, bar_source, day.session_date, day.split_basis, adjust${argument}) f
    where market.is_known(instrument, day.session_date, day.split_basis, adjust${argument})
  )
  select bar.session_date, bar.opens_at, bar.open * price_factor, bar.high * price_factor, bar.low * price_factor,
    bar.close * price_factor, bar.volume / share_factor, bar.vwap * price_factor, bar.trades, ${settled}, bar.observed_at
  from bars bar join factors f on f.session_date = bar.session_date and f.split_basis is not distinct from bar.split_basis
  order by bar.session_date, bar.opens_at
$$;
`,
);
