import { inBothTenses } from './tense.ts';

/**
 * Daily bars for who wants one series: of each session the bar of the first source, in the order of
 * `market.consumer_sources`, that is settled and has no blocked field; where none is settled, one that is not yet. A bar is
 * of one source, but for fields that a person has corrected. A session of which every bar is blocked has none.
 */
export const consumerBars = inBothTenses(
  ({ parameter, argument, rows, findings }) => `
create or replace function market.consumer_daily_bars(
  instrument integer, first_session date, last_session date, adjust text${parameter}
) returns table (
  session_date date, open double precision, high double precision, low double precision, close double precision,
  volume double precision, vwap double precision, trades bigint, settled boolean, observed_at timestamptz,
  source text, corrected text[], findings bigint[]
) language sql stable as $$
  with bars as materialized (
    select preferred.position, preferred.source, bar.*
    from market.consumer_sources preferred
    cross join lateral market.adjusted_daily_bars(
      instrument, preferred.source, first_session, last_session, adjust${argument}) bar
  ), corrections as materialized (
    -- What is corrected is a value: the bar of another one is as its source has it.
    select correction.source, correction.session_date, correction.field, correction.value * own.factor as value
    from ${rows('bar_corrections', 'bar_correction')} correction
    join bars on bars.source = correction.source and bars.session_date = correction.session_date
    cross join lateral market.adjustment(instrument, correction.source, correction.session_date, null, adjust${argument}) f
    cross join lateral (select case correction.field when 'volume' then 1 / f.share_factor else f.price_factor end as factor,
      case correction.field when 'open' then bars.open when 'high' then bars.high when 'low' then bars.low
        when 'close' then bars.close else bars.volume end as value) own
    where correction.instrument_id = instrument and correction.session_date between first_session and last_session
      and abs(own.value - correction.observed * own.factor) <= 1e-9 * abs(own.value)
  ), blocked as materialized (
    select distinct bars.source, bars.session_date
    from (select distinct bars.source from bars) having_bars
    cross join lateral market.blocked_fields(array[instrument], having_bars.source${argument}) wrong
    join bars on bars.source = having_bars.source and bars.session_date between wrong.first_session and wrong.last_session
    where not exists (select from corrections mended where mended.source = bars.source
      and mended.session_date = bars.session_date and mended.field = wrong.field)
  ), standing as materialized (
    select finding.* from ${findings('array[instrument]')} finding
    where finding.instrument_id = instrument and finding.interval = '1d' and finding.status = 'open'
      and finding.range_start <= last_session and finding.range_end >= first_session
  ), chosen as (
    select distinct on (bars.session_date) bars.* from bars
    where not exists (select from blocked where blocked.source = bars.source and blocked.session_date = bars.session_date)
    order by bars.session_date, bars.settled desc, bars.position
  )
  select chosen.session_date, coalesce(mended.open, chosen.open), coalesce(mended.high, chosen.high),
    coalesce(mended.low, chosen.low), coalesce(mended.close, chosen.close), coalesce(mended.volume, chosen.volume),
    chosen.vwap, chosen.trades, chosen.settled, chosen.observed_at, chosen.source, coalesce(mended.fields, '{}'),
    coalesce((select array_agg(standing.id order by standing.id) from standing
      where standing.source = chosen.source and chosen.session_date between standing.range_start and standing.range_end), '{}')
  from chosen left join (
    select corrections.source, corrections.session_date, array_agg(corrections.field order by corrections.field) as fields,
      max(corrections.value) filter (where corrections.field = 'open') as open,
      max(corrections.value) filter (where corrections.field = 'high') as high,
      max(corrections.value) filter (where corrections.field = 'low') as low,
      max(corrections.value) filter (where corrections.field = 'close') as close,
      max(corrections.value) filter (where corrections.field = 'volume') as volume
    from corrections group by 1, 2
  ) mended on mended.source = chosen.source and mended.session_date = chosen.session_date
  order by chosen.session_date
$$;
`,
);
