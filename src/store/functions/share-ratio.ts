/**
 * What splits make of a share, the twin of `src/domain/adjustment.ts`: prices as stored are brought to the shares of each
 * session's own day first, then to those of another.
 */
export const shareRatio = `
create or replace aggregate market.product(double precision) (sfunc = float8mul, stype = double precision, initcond = '1');

-- Shares of the last day per share of the first; spin-offs count only where a source treats them like splits.
create or replace function market.share_ratio(instrument integer, after date, through date, with_spin_offs boolean)
returns double precision language sql stable parallel safe as $$
  select market.product(ratio) from market.corporate_actions
  where instrument_id = instrument and status = 'effective' and ratio is not null
    and ex_date > after and ex_date <= through and (with_spin_offs or kind <> 'spin_off')
$$;

-- The same with splits that no price has confirmed yet; whoever tells of one, it happened once.
create or replace function market.possible_ratio(instrument integer, after date, through date)
returns double precision language sql stable parallel safe as $$
  select market.product(ratio) from (
    select distinct ex_date, ratio from market.corporate_actions
    where instrument_id = instrument and status in ('effective', 'pending', 'announced') and ratio is not null
      and ex_date > after and ex_date <= through
  ) splits
$$;

-- By how much prices of a session under one split basis are multiplied to be under another; null: as traded.
create or replace function market.basis_change(instrument integer, session date, basis date, new_basis date)
returns double precision language sql stable parallel safe as $$
  select market.share_ratio(instrument, session, coalesce(basis, session), true)
    / market.share_ratio(instrument, session, coalesce(new_basis, session), true)
$$;
`;
