import { sql, type RawBuilder } from 'kysely';
import { exchangeZone } from '../domain/exchange-time.ts';

/** The day, New York, of an instant. */
export const exchangeDayOf = (instant: RawBuilder<unknown>) =>
  sql`(${instant} at time zone ${exchangeZone})::date`;
