import { eventDays } from '../../domain/split-case.ts';
import { unknownBasis } from '../../domain/split-basis.ts';
import { inBothTenses } from './tense.ts';

/** Whether a stored price of a session can be served: what it means must be known. */
export const isKnown = inBothTenses(
  ({ parameter, argument, rows }) => `
create or replace function market.has_unclear_cash(instrument integer, session date${parameter})
returns boolean language sql stable parallel safe as $$
  select exists (
    select from ${rows('corporate_actions', 'corporate_action')} action
    where instrument_id = instrument and status = 'pending' and amount_basis = date '${unknownBasis}' and ex_date > session)
$$;

-- Not under an unknown basis, and not across a split of which prices show something that no record tells: where its day is
-- in doubt, from the first that it may have been to the last; with cash taken out, not across cash of which nobody can tell which splits are in its amount.
create or replace function market.is_known(instrument integer, session date, basis date, adjust text${parameter})
returns boolean language sql stable parallel safe as $$
  select basis is distinct from date '${unknownBasis}' and not exists (
    select from ${rows('corporate_actions', 'corporate_action')} action
    where instrument_id = instrument and status = 'disputed' and ex_date > session
      and (adjust <> 'raw' or case when told_on < ex_date then told_on - ${eventDays} else ex_date end <= basis))
    and not (adjust = 'total' and market.has_unclear_cash(instrument, session${argument}))
$$;
`,
);
