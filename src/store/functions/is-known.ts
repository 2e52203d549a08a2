import { unknownBasis } from '../../domain/split-basis.ts';

/** Whether a stored price of a session can be served: what it means must be known. */
export const isKnown = `
-- Not under an unknown basis, and not across a split of which prices show something that no record tells.
create or replace function market.is_known(instrument integer, session date, basis date, adjust text)
returns boolean language sql stable parallel safe as $$
  select basis is distinct from date '${unknownBasis}' and not exists (
    select from market.corporate_actions
    where instrument_id = instrument and status = 'disputed' and ex_date > session
      and (adjust <> 'raw' or ex_date <= basis))
$$;
`;
