import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import type { Adjustment } from './adjusted-bars.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import { isOfMany, type ManySeries } from './bar-layout.ts';
import type { Database } from './database.ts';
import { barsAsOf } from './unknown-sessions.ts';

/** Stored bars that a read leaves out, counted by why. */
export interface WithheldBars {
  /** It cannot be told which splits are in their prices. */
  readonly ofUnknownBasis: number;
  /** They lie before a day on which prices show something that no source tells. */
  readonly beforeDispute: number;
  /** Cash has been paid since of which nobody can tell which splits are in its amount. */
  readonly beforeUnclearCash: number;
  /** The last such day; null: none. */
  readonly disputedOn: SessionDate | null;
}

/** The bars that reads leave out of what is stored, by instrument; one of which they leave out none is left out itself. */
export async function withheldBars(
  db: Database,
  wish: ManySeries & { readonly range: DateRange; readonly adjust: Adjustment; readonly asOf?: AsOf },
): Promise<ReadonlyMap<number, WithheldBars>> {
  const { range, adjust, asOf } = wish;
  const actions = rowsAsOf('corporate_actions', 'corporate_action', asOf);
  const then = asOf === undefined ? sql`` : sql`, ${asOf}::timestamptz`;
  const isUnknown = sql`split_basis is not distinct from ${unknownBasis}::date`;
  const isDisputed = sql`exists (select from ${actions} action
    where action.instrument_id = stored.instrument_id and status = 'disputed' and ex_date > session_date)`;
  const { rows } = await sql<WithheldBars & { readonly id: number }>`
    select instrument_id as id, count(*) filter (where ${isUnknown})::int as "ofUnknownBasis",
      count(*) filter (where not (${isUnknown}) and ${isDisputed})::int as "beforeDispute",
      count(*) filter (where not (${isUnknown}) and not ${isDisputed})::int as "beforeUnclearCash",
      (select max(coalesce(told_on, ex_date)) from ${actions} action
        where action.instrument_id = stored.instrument_id and status = 'disputed') as "disputedOn"
    from ${barsAsOf(wish, asOf)} stored
    where ${isOfMany(wish)}
      and session_date between ${range.from}::date and ${range.to}::date
      and not market.is_known(instrument_id, session_date, split_basis, ${adjust}${then})
    group by instrument_id`.execute(db);
  return new Map(rows.map(({ id, ...withheld }) => [id, withheld]));
}

/** Why bars are left out, a sentence each; undefined: none are. */
export function whyWithheld(withheld: WithheldBars | undefined): readonly string[] {
  if (withheld === undefined) return [];
  const { ofUnknownBasis, beforeDispute, beforeUnclearCash, disputedOn } = withheld;
  const reasons: string[] = [];
  if (ofUnknownBasis > 0)
    reasons.push(
      `${ofUnknownBasis} bars are withheld: it cannot be told yet which splits are in their prices`,
    );
  if (beforeDispute > 0)
    reasons.push(
      `${beforeDispute} bars are withheld: prices show something on ${disputedOn ?? ''} that no source tells rightly`,
    );
  if (beforeUnclearCash > 0)
    reasons.push(
      `${beforeUnclearCash} bars are withheld: of cash paid since it cannot be told yet which splits are in its amount`,
    );
  return reasons;
}
