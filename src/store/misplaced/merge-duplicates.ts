import { sql } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import { wasKnown } from '../as-of.ts';
import type { Transaction } from '../transaction.ts';

/** That an instrument is another one under an earlier ticker. */
export interface Merger {
  readonly id: number;
  readonly symbol: string;
  readonly mergedInto: number;
}

/**
 * Marks those of some instruments that are the one which bore their ticker: nothing tells the two apart, it has no ticker of its
 * own and no bar any more. What a person has said of it is said of that one. Who bears a ticker after all is himself again.
 */
export async function mergeDuplicates(
  tx: Transaction,
  vocabulary: SourceName,
  ids: readonly number[],
): Promise<readonly Merger[]> {
  const isCurrent = wasKnown('h', undefined);
  await sql`update market.instruments i set merged_into = null, updated_at = now()
    where id = any(${ids}::int[]) and merged_into is not null
      and exists (select from market.symbol_history h where h.instrument_id = i.id and ${isCurrent})`.execute(
    tx,
  );
  const { rows } = await sql<Merger>`
    with heir as (
      select i.id, min(b.id) as heir
      from market.instruments i
      join market.symbol_history h on h.vocabulary = ${vocabulary} and h.ticker = i.symbol and ${isCurrent}
      join market.instruments b on b.id = h.instrument_id and b.merged_into is null
      where i.id = any(${ids}::int[]) and not i.active and i.merged_into is null
        and coalesce(i.figi = b.figi, coalesce(i.cik = b.cik, true)
          and exists (select from market.moves m where m.moved_from = i.id and m.moved_to = b.id))
        and not exists (select from market.symbol_history h where h.instrument_id = i.id and ${isCurrent})
        and not exists (select from market.daily_bars bar where bar.instrument_id = i.id)
        and not exists (select from market.intraday_bars bar where bar.instrument_id = i.id)
      group by i.id having count(distinct b.id) = 1
    ), merged as (
      update market.instruments i set merged_into = heir.heir, updated_at = now() from heir where i.id = heir.id
      returning i.id, i.symbol, i.merged_into, i.watched, i.added, i.excluded, i.listed_on
    ), told as (
      select merged_into as id, bool_or(watched) as watched, bool_or(added) as added, bool_or(excluded) as excluded,
        min(listed_on) as listed_on
      from merged group by 1
    ), heirs as (
      update market.instruments b set watched = b.watched or told.watched, listed_on = coalesce(b.listed_on, told.listed_on),
        added = b.added or (told.added and not b.excluded), excluded = b.excluded or (told.excluded and not b.added),
        updated_at = now()
      from told where b.id = told.id
        and (told.watched > b.watched or told.added > b.added or told.excluded > b.excluded or b.listed_on is null)
    )
    select id, symbol, merged_into as "mergedInto" from merged order by id`.execute(tx);
  const merged = rows.map(({ id }) => id);
  await sql`update market.instruments i set merged_into = heir.merged_into, updated_at = now()
    from market.instruments heir where heir.id = i.merged_into and heir.merged_into is not null`.execute(tx);
  await sql`delete from market.bar_absences where instrument_id = any(${merged}::int[])`.execute(tx);
  await sql`update market.quality_findings set status = 'repaired', run_id = null,
    reason = 'it is another one under an earlier ticker'
    where status = 'open' and instrument_id = any(${merged}::int[])`.execute(tx);
  return rows;
}
