import { sql } from 'kysely';

/** Whether the instruments `i` and `other` may be two companies: nothing says that they are one. */
export const mayDiffer = sql`(other.figi is null or i.figi is null or other.figi <> i.figi)
  and (other.cik is null or i.cik is null or other.cik <> i.cik)`;

/**
 * The first day, since 1970-01-01, on which the ticker of the instrument `i` was its own: the day after the delisting of
 * whoever bore it before; null where nobody is known to have.
 */
export const ownedFrom = sql`(
  select max(other.delisted_on) - date '1970-01-01' + 1 from market.instruments other
  where other.symbol = i.symbol and other.id <> i.id and not other.active and ${mayDiffer}
    and (i.active or other.delisted_on < i.delisted_on))`;
