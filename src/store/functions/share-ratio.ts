import { inBothTenses } from './tense.ts';

const aggregate = `
create or replace aggregate market.product(double precision) (sfunc = float8mul, stype = double precision, initcond = '1');
`;

const ratios = inBothTenses(
  ({ parameter, argument, rows }) => `
-- Shares of the last day per share of the first; spin-offs count only where a source treats them like splits.
create or replace function market.share_ratio(instrument integer, after date, through date, with_spin_offs boolean${parameter})
returns double precision language sql stable parallel safe as $$
  select market.product(ratio order by ex_date, ratio) from ${rows('corporate_actions', 'corporate_action')} action
  where instrument_id = instrument and status = 'effective' and ratio is not null
    and ex_date > after and ex_date <= through and (with_spin_offs or kind <> 'spin_off')
$$;

-- The same with splits that no price has confirmed yet; whoever tells of one, it happened once.
create or replace function market.possible_ratio(instrument integer, after date, through date${parameter})
returns double precision language sql stable parallel safe as $$
  select market.product(ratio order by ex_date, ratio) from (
    select distinct ex_date, ratio from ${rows('corporate_actions', 'corporate_action')} action
    where instrument_id = instrument and status in ('effective', 'pending', 'announced') and ratio is not null
      and ex_date > after and ex_date <= through
  ) splits
$$;

-- By how much prices of a session under one split basis are multiplied to be under another; null: as traded.
create or replace function market.basis_change(instrument integer, session date, basis date, new_basis date${parameter})
returns double precision language sql stable parallel safe as $$
  select market.share_ratio(instrument, session, coalesce(basis, session), true${argument})
    / market.share_ratio(instrument, session, coalesce(new_basis, session), true${argument})
$$;
`,
);

/**
 * What splits make of a share, the twin of `src/domain/adjustment.ts`: prices as stored are brought to the shares of each
 * session's own day first, then to those of another.
 */
export const shareRatio = [aggregate, ratios].join('\n');
