import { unknownBasis } from '../../domain/split-basis.ts';
import { inBothTenses } from './tense.ts';

/** What a stored price of a session is multiplied by: for splits, and for what has been handed out since. */
export const adjustment = inBothTenses(
  ({ parameter, argument, rows }) => `
-- What cash takes out of the price at each ex-date: 1 - cash / close before. The close is that of the shares afterwards,
-- less what a spin-off of that day has handed out: both parts together are what a holder was given.
create or replace function market.dividend_factors(instrument integer, bar_source text${parameter})
returns table (ex_date date, factor double precision) language sql stable parallel safe as $$
  select cash.ex_date,
    1 - cash.amount * market.share_ratio(instrument, before.session_date, cash.ex_date, true${argument}) / before.raw_close
  from (
    select action.ex_date, sum(action.amount order by action.id) as amount
    from ${rows('corporate_actions', 'corporate_action')} action
    where action.instrument_id = instrument and action.status = 'effective' and action.amount is not null
    group by action.ex_date
  ) cash
  cross join lateral (
    select bar.session_date,
      bar.close * market.share_ratio(instrument, bar.session_date, coalesce(bar.split_basis, bar.session_date), true${argument}) as raw_close
    from ${rows('daily_bars', 'daily_bar')} bar
    where bar.instrument_id = instrument and bar.source = bar_source and bar.session_date < cash.ex_date
      and bar.split_basis is distinct from date '${unknownBasis}'
    order by bar.session_date desc limit 1
  ) before
  where cash.amount * market.share_ratio(instrument, before.session_date, cash.ex_date, true${argument}) < before.raw_close
$$;

-- By how much stored prices of a session are multiplied, and by how much volumes are divided. A source that has a spin-off
-- in its prices has it in its volumes: it is taken out of both. No read counts other shares for it, and total takes its
-- part of the price out, by the ratio of its prices.
create or replace function market.adjustment(
  instrument integer, bar_source text, session date, basis date, adjust text${parameter},
  out price_factor double precision, out share_factor double precision
) language plpgsql stable parallel safe as $$
begin
  if adjust not in ('raw', 'split', 'total') then
    raise exception 'adjust must be raw, split or total, not %', adjust;
  end if;
  price_factor := market.basis_change(instrument, session, basis, null${argument});
  share_factor := price_factor;
  if adjust <> 'raw' then
    price_factor := price_factor / market.share_ratio(instrument, session, 'infinity', adjust = 'total'${argument});
    share_factor := share_factor / market.share_ratio(instrument, session, 'infinity', false${argument});
  end if;
  if adjust = 'total' then
    price_factor := price_factor * (
      select market.product(factor order by ex_date)
      from market.dividend_factors(instrument, bar_source${argument}) where ex_date > session);
  end if;
end $$;
`,
);
