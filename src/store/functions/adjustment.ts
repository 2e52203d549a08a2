/** What a stored price of a session is multiplied by: for splits, and for the dividends paid since. */
export const adjustment = `
-- What each ex-date takes out of the price: 1 - cash / close before, both in the shares of the day before.
create or replace function market.dividend_factors(instrument integer, bar_source text)
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
create or replace function market.adjustment(
  instrument integer, bar_source text, session date, basis date, adjust text,
  out price_factor double precision, out share_factor double precision
) language plpgsql stable parallel safe as $$
begin
  if adjust not in ('raw', 'split', 'total') then
    raise exception 'adjust must be raw, split or total, not %', adjust;
  end if;
  share_factor := market.basis_change(instrument, session, basis, null);
  if adjust <> 'raw' then
    share_factor := share_factor / market.share_ratio(instrument, session, 'infinity', false);
  end if;
  price_factor := share_factor;
  if adjust = 'total' then
    price_factor := price_factor * (
      select market.product(factor) from market.dividend_factors(instrument, bar_source) where ex_date > session);
  end if;
end $$;
`;
