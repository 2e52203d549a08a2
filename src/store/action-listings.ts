import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SourceName } from '../domain/source.ts';
import { toldOn } from './incoming-actions.ts';
import type { Transaction } from './transaction.ts';

interface Reading {
  readonly source: SourceName;
  readonly runId: string;
}

/** Notes which of a source's actions a page of its lists has; what was withdrawn is to be judged again. */
export async function noteListed(
  tx: Transaction,
  { source, runId }: Reading,
  providerIds: readonly string[],
): Promise<void> {
  if (providerIds.length === 0) return;
  await sql`
    insert into market.action_listings as known (action_id, run_id)
    select id, ${runId} from market.corporate_actions
    where source = ${source} and provider_id = any(${providerIds}::text[]) order by id
    on conflict (action_id) do update set run_id = excluded.run_id, missing_since = null`.execute(tx);
  await sql`
    update market.corporate_actions set status = 'pending', reason = null
    where source = ${source} and provider_id = any(${providerIds}::text[]) and status = 'withdrawn'`.execute(
    tx,
  );
}

/** The ranges of ex-dates that a run has read whole, of each list. */
export interface ListedRanges {
  readonly splits: DateRange;
  readonly dividends: DateRange;
}

/** An action that has been missing for so long is withdrawn: they come and go. */
const daysWithout = 3;
/** More than that at once is a list cut short. */
const mostMissing = 3;
const missingShare = 0.02;

/**
 * Notes which actions the lists lack that a run has read whole at a time (ISO 8601), and withdraws those that lists have
 * lacked for three days, unless prices show them. A list that lacks many is not believed, nor one with a record that cannot be read: it may be any. Returns the
 * instruments of what was withdrawn.
 */
export async function withdrawUnlisted(
  tx: Transaction,
  { source, runId, at }: Reading & { readonly at: string },
  { splits, dividends }: ListedRanges,
): Promise<readonly number[]> {
  const { rows: read } = await sql<{ id: number; isMissing: boolean }>`
    select action.id, listing.run_id is distinct from ${runId} as "isMissing"
    from market.corporate_actions action left join market.action_listings listing on listing.action_id = action.id
    where action.source = ${source} and action.provider_id is not null and action.status <> 'withdrawn'
      and case when action.told_amount is null
        then ${toldOn('action')} between ${splits.from}::date and ${splits.to}::date
        else ${toldOn('action')} between ${dividends.from}::date and ${dividends.to}::date end
      and not exists (select from market.rejected_rows where run_id = ${runId} and source = ${source})`.execute(
    tx,
  );
  const missing = read.filter(({ isMissing }) => isMissing).map(({ id }) => id);
  if (missing.length === 0 || missing.length > Math.max(mostMissing, missingShare * read.length)) return [];
  const { rows } = await sql<{ id: number }>`
    with noted as (
      insert into market.action_listings as known (action_id, run_id, missing_since)
      select id, ${runId}, ${at}::timestamptz from unnest(${missing}::bigint[]) id order by id
      on conflict (action_id) do update set missing_since = coalesce(known.missing_since, excluded.missing_since)
      returning action_id, missing_since
    )
    update market.corporate_actions action set status = 'withdrawn',
      reason = 'its source has not listed it since ' || to_char(missing_since at time zone 'UTC', 'YYYY-MM-DD')
    from noted
    where action.id = noted.action_id and not action.shown
      and missing_since <= ${at}::timestamptz - make_interval(days => ${daysWithout}::int)
    returning action.instrument_id as id`.execute(tx);
  return [...new Set(rows.map(({ id }) => id))];
}
