import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { barValues } from './0001-market.ts';

const intraday = `
create table market.intraday_bars (
  instrument_id integer not null,
  source text not null,
  interval text not null,
  session_date date not null,
  opens_at timestamptz not null,
  ${barValues},
  primary key (instrument_id, source, interval, opens_at)
) partition by range (opens_at);
create table market.intraday_bars_other partition of market.intraday_bars default;
comment on column market.intraday_bars.split_basis is 'the splits up to this date are in the prices; null: as traded';
comment on column market.daily_bars.split_basis is 'the splits up to this date are in the prices; null: as traded';
alter table market.bar_absences add column opens_at timestamptz;
comment on column market.bar_absences.opens_at is 'the missing bar of an interval shorter than a session; null: the whole session';
alter table market.bar_absences drop constraint bar_absences_pkey;
alter table market.bar_absences add constraint bar_absences_key
  unique nulls not distinct (instrument_id, source, interval, session_date, opens_at);
`;

const actions = `
create table market.corporate_actions (
  id bigint generated always as identity primary key,
  instrument_id integer not null references market.instruments,
  source text not null,
  provider_id text,
  kind text not null check (kind in ('split', 'reverse_split', 'stock_dividend', 'spin_off', 'cash_dividend', 'capital_gain')),
  ex_date date not null,
  ratio double precision check (ratio > 0),
  amount double precision,
  currency text,
  dividend_type text check (dividend_type in ('regular', 'special')),
  declared_on date,
  record_on date,
  pay_on date,
  status text not null check (status in ('announced', 'pending', 'effective', 'shadowed', 'refused')),
  reason text,
  run_id uuid not null,
  observed_at timestamptz not null,
  first_observed_at timestamptz not null
);
create unique index corporate_actions_by_id on market.corporate_actions (source, provider_id) where provider_id is not null;
create unique index corporate_actions_by_key on market.corporate_actions
  (instrument_id, source, kind, ex_date, dividend_type) nulls not distinct where provider_id is null;
create index corporate_actions_by_instrument on market.corporate_actions (instrument_id, ex_date);
comment on column market.corporate_actions.ratio is 'shares afterwards per share before';
comment on column market.corporate_actions.amount is 'cash a share as paid on the ex-date';
comment on column market.corporate_actions.status is
  'announced: still to come; pending: no prices to confirm it yet; effective: counts; shadowed: another source stands for it; refused: see reason';
create table market.corporate_action_revisions (
  action_id bigint not null references market.corporate_actions,
  ex_date date not null,
  ratio double precision,
  amount double precision,
  observed_at timestamptz not null,
  replaced_at timestamptz not null,
  replaced_by uuid not null,
  primary key (action_id, observed_at)
);
create table market.action_syncs (
  source text primary key,
  synced_from date not null,
  synced_through date not null,
  completed_at timestamptz not null
);
create table market.quality_findings (
  id bigint generated always as identity primary key,
  rule text not null,
  severity text not null check (severity in ('info', 'warn', 'error')),
  status text not null default 'open' check (status in ('open', 'repaired', 'accepted')),
  instrument_id integer references market.instruments,
  source text,
  interval text,
  range_start date,
  range_end date,
  evidence jsonb not null,
  reason text,
  run_id uuid,
  found_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  unique nulls not distinct (rule, instrument_id, source, interval, range_start, range_end)
);
`;

/** Prices: what is stored is brought to the shares of each session's own day first, then to those of today. */
const adjustment = `
create aggregate market.product(double precision) (sfunc = float8mul, stype = double precision, initcond = '1');

-- Shares of the last day per share of the first; spin-offs count only where a source treats them like splits.
create function market.share_ratio(instrument integer, after date, through date, with_spin_offs boolean)
returns double precision language sql stable parallel safe as $$
  select market.product(ratio) from market.corporate_actions
  where instrument_id = instrument and status = 'effective' and ratio is not null
    and ex_date > after and ex_date <= through and (with_spin_offs or kind <> 'spin_off')
$$;

-- What each ex-date takes out of the price: 1 - cash / close before, both in the shares of the day before.
create function market.dividend_factors(instrument integer, bar_source text)
returns table (ex_date date, factor double precision) language sql stable parallel safe as $$
  select cash.ex_date,
    1 - cash.amount * market.share_ratio(instrument, before.session_date, cash.ex_date, false) / before.raw_close
  from (
    select action.ex_date, sum(action.amount) as amount from market.corporate_actions action
    where action.instrument_id = instrument and action.status = 'effective' and action.amount is not null
    group by action.ex_date
  ) cash
  cross join lateral (
    select bar.session_date,
      bar.close * market.share_ratio(instrument, bar.session_date, coalesce(bar.split_basis, bar.session_date), true) as raw_close
    from market.daily_bars bar
    where bar.instrument_id = instrument and bar.source = bar_source and bar.session_date < cash.ex_date
    order by bar.session_date desc limit 1
  ) before
  where cash.amount * market.share_ratio(instrument, before.session_date, cash.ex_date, false) < before.raw_close
$$;

-- By how much stored prices of a session are multiplied; volumes are divided by the share part alone.
create function market.adjustment(
  instrument integer, bar_source text, session date, basis date, adjust text,
  out price_factor double precision, out share_factor double precision
) language plpgsql stable parallel safe as $$
begin
  if adjust not in ('raw', 'split', 'total') then
    raise exception 'adjust must be raw, split or total, not %', adjust;
  end if;
  share_factor := case when basis is null then 1 else market.share_ratio(instrument, session, basis, true) end;
  if adjust <> 'raw' then
    share_factor := share_factor / market.share_ratio(instrument, session, 'infinity', false);
  end if;
  price_factor := share_factor;
  if adjust = 'total' then
    price_factor := price_factor * (
      select market.product(factor) from market.dividend_factors(instrument, bar_source) where ex_date > session);
  end if;
end $$;

create function market.adjusted_daily_bars(
  instrument integer, bar_source text, first_session date, last_session date, adjust text
) returns table (
  session_date date, open double precision, high double precision, low double precision, close double precision,
  volume double precision, vwap double precision, trades bigint, settled boolean, observed_at timestamptz
) language sql stable as $$
  with bars as materialized (
    select * from market.daily_bars bar
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
        select ex_date from market.corporate_actions where instrument_id = instrument and status = 'effective'
      ) markers cross join (select distinct split_basis as basis from bars) bases
    ) span
    cross join lateral market.adjustment(instrument, bar_source,
      greatest(span.since, date '0001-01-01'), span.basis, adjust) f
  )
  select bar.session_date, bar.open * price_factor, bar.high * price_factor, bar.low * price_factor,
    bar.close * price_factor, bar.volume / share_factor, bar.vwap * price_factor, bar.trades, bar.settled, bar.observed_at
  from bars bar join factors f on f.basis is not distinct from bar.split_basis
    and bar.session_date >= f.since and (f.until is null or bar.session_date < f.until)
  order by bar.session_date
$$;

create function market.adjusted_intraday_bars(
  instrument integer, bar_source text, bar_interval text, first_session date, last_session date, adjust text
) returns table (
  session_date date, opens_at timestamptz, open double precision, high double precision, low double precision,
  close double precision, volume double precision, vwap double precision, trades bigint, settled boolean,
  observed_at timestamptz
) language sql stable as $$
  with bars as materialized (
    select * from market.intraday_bars bar
    where bar.instrument_id = instrument and bar.source = bar_source and bar.interval = bar_interval
      and bar.session_date between first_session and last_session
      and bar.opens_at >= first_session and bar.opens_at < last_session + 2
  ), factors as materialized (
    select day.session_date, day.split_basis, f.price_factor, f.share_factor
    from (select distinct session_date, split_basis from bars) day
    cross join lateral market.adjustment(instrument, bar_source, day.session_date, day.split_basis, adjust) f
  )
  select bar.session_date, bar.opens_at, bar.open * price_factor, bar.high * price_factor, bar.low * price_factor,
    bar.close * price_factor, bar.volume / share_factor, bar.vwap * price_factor, bar.trades, bar.settled, bar.observed_at
  from bars bar join factors f on f.session_date = bar.session_date and f.split_basis is not distinct from bar.split_basis
  order by bar.opens_at
$$;
`;

const fundamentals = `
create table market.fundamentals (
  instrument_id integer not null references market.instruments,
  source text not null,
  statement text not null check (statement in ('financials', 'balance_sheet', 'cash_flow')),
  frequency text not null check (frequency in ('annual', 'quarterly', 'trailing')),
  period_end date not null,
  observed_at timestamptz not null,
  available_at timestamptz not null,
  currency text,
  total_revenue double precision,
  net_income double precision,
  diluted_eps double precision,
  total_assets double precision,
  total_debt double precision,
  stockholders_equity double precision,
  operating_cash_flow double precision,
  free_cash_flow double precision,
  figures jsonb not null,
  run_id uuid not null,
  unique nulls not distinct (instrument_id, source, statement, frequency, period_end, currency, observed_at)
);
comment on column market.fundamentals.available_at is 'known to the market from then on: what a point-in-time read goes by, never period_end';
create table market.key_statistics (
  instrument_id integer not null references market.instruments,
  source text not null,
  observed_at timestamptz not null,
  market_cap double precision,
  shares_outstanding double precision,
  trailing_pe double precision,
  forward_pe double precision,
  beta double precision,
  dividend_yield double precision,
  figures jsonb not null,
  run_id uuid not null,
  primary key (instrument_id, source, observed_at)
);
create table market.fundamental_reads (
  instrument_id integer not null references market.instruments,
  source text not null,
  what text not null check (what in ('fundamentals', 'key_statistics')),
  read_at timestamptz not null,
  primary key (instrument_id, source, what)
);
`;

/** Hours are kept for some years only by those who offer them: the default partition takes what is older. */
function monthPartitions(): string {
  const months = Array.from(
    { length: 12 * (2035 - 2018 + 1) },
    (_, index) => new Date(Date.UTC(2018, index, 1)),
  );
  return months
    .map((from) => {
      const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
      const [first, next] = [from, to].map((date) => date.toISOString().slice(0, 10));
      const name = `intraday_bars_${first?.slice(0, 7).replace('-', '_')}`;
      return `create table market.${name} partition of market.intraday_bars
        for values from ('${first} 00:00+00') to ('${next} 00:00+00');`;
    })
    .join('\n');
}

/** Hourly bars, corporate actions with adjusted reads, fundamentals, findings. */
export const actions0002: Migration = {
  async up(db: Kysely<unknown>) {
    for (const part of [intraday, monthPartitions(), actions, adjustment, fundamentals]) {
      await sql.raw(part).execute(db);
    }
  },
};
