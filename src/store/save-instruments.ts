import { sql, type RawBuilder } from 'kysely';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** A name without what is written now so, now so. */
const nameOf = (row: 'i' | 'r') =>
  sql`regexp_replace(lower(${sql.ref(`${row}.name`)}), '[^a-z0-9]', '', 'g')`;

/** Whether stored `i` is who the reference `r` tells of: by FIGI, else by CIK, type and name; null: that cannot be told. */
const isSame = sql`case
  when i.figi is not null and r.figi is not null then i.figi = r.figi
  when i.cik is not null and r.cik is not null then i.cik = r.cik and i.type is not distinct from r.type
    and ${nameOf('i')} is not distinct from ${nameOf('r')} end`;

/** Nothing that both tell of `i` and `r` differs. */
const mayBeSame = sql`(i.figi is null or r.figi is null or i.figi = r.figi)
  and (i.cik is null or r.cik is null or i.cik = r.cik)
  and coalesce(i.type = r.type, true) and coalesce(${nameOf('i')} = ${nameOf('r')}, true)`;

/** Its source has not told its last day: the next list may, or have it again. */
const isNotTold = sql`i.delisted_by is distinct from 'told'`;

/**
 * Makes the stored instruments those of the references; returns how many are new. The same ticker active is the same
 * instrument, and so is who comes back to it, and an active one that the reference now knows as delisted: that one stays
 * active where `activeIsKnown`, as a whole list says who is.
 */
export async function saveInstruments(
  tx: Transaction,
  references: readonly InstrumentReference[],
  {
    source = null,
    activeIsKnown = false,
  }: { readonly source?: SourceName | null; readonly activeIsKnown?: boolean } = {},
): Promise<number> {
  if (references.length === 0) return 0;
  const rows = JSON.stringify(uniqueReferences(references));
  await sql`create temp table reference on commit drop as
    select * from jsonb_to_recordset(${rows}::jsonb) as r(symbol text, name text, type text, exchange text, figi text,
      cik text, currency text, active boolean, "listedOn" date, "delistedOn" date)`.execute(tx);
  await part(tx);
  await bringBack(tx);
  await delist(tx, activeIsKnown ? sql`not i.active and ${isNotTold}` : sql`i.active or ${isNotTold}`);
  await sql`update market.instruments i set
      name = coalesce(r.name, i.name), type = coalesce(r.type, i.type), exchange = coalesce(r.exchange, i.exchange),
      figi = coalesce(r.figi, i.figi), cik = coalesce(r.cik, i.cik), currency = coalesce(r.currency, i.currency),
      listed_on = coalesce(r."listedOn", i.listed_on), updated_at = now(),
      told_by = case when r.active then coalesce(${source}::text, i.told_by) else i.told_by end
    from reference r
    where i.symbol = r.symbol and i.active = r.active and (r.active or i.delisted_on is not distinct from r."delistedOn")
      and (r.name, r.type, r.exchange, r.figi, r.cik, r.currency, r."listedOn", ${source}::text) is distinct from
        (i.name, i.type, i.exchange, i.figi, i.cik, i.currency, i.listed_on, i.told_by)`.execute(tx);
  // An earlier listing of who is listed today is no instrument of its own.
  const inserted = await sql`insert into market.instruments
      (symbol, name, type, exchange, figi, cik, currency, active, listed_on, delisted_on, delisted_by, told_by)
    select symbol, name, type, exchange, figi, cik, currency, active, "listedOn", "delistedOn",
      case when "delistedOn" is not null then 'told' end, ${source}::text
    from reference r
    where r.active or not exists (select from market.instruments i where i.symbol = r.symbol and (i.active and ${isSame}
      or not i.active and i.delisted_on = r."delistedOn"
      or not i.active and r."delistedOn" is null and coalesce(${isSame}, ${mayBeSame})))
    order by symbol on conflict do nothing`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0);
}

/** Who has another FIGI and is of another company than whoever bears its ticker has taken that over: the other is gone, since its last bar. */
async function part(tx: Transaction): Promise<void> {
  await sql`
    with parted as (
      select i.id, (select max(b.session_date) from market.daily_bars b where b.instrument_id = i.id) as bar
      from market.instruments i join reference r on r.symbol = i.symbol
      where i.active and r.active and i.figi <> r.figi and i.cik <> r.cik
    )
    update market.instruments i set active = false, delisted_on = bar, updated_at = now(),
      delisted_by = case when bar is not null then 'bars' end
    from parted where i.id = parted.id`.execute(tx);
}

/** Who is listed again under its ticker is who it was: with its id, and with what a person has said of it. */
async function bringBack(tx: Transaction): Promise<void> {
  await sql`
    with back as (
      select distinct on (i.symbol) i.id from market.instruments i join reference r on r.symbol = i.symbol
      where r.active and not i.active
        and not exists (select from market.instruments other where other.active and other.symbol = r.symbol)
        and i.merged_into is null and coalesce(${isSame}, ${isNotTold} and ${mayBeSame})
      order by i.symbol, (i.figi = r.figi) desc nulls last, i.delisted_on desc nulls first, i.id
    )
    update market.instruments i set active = true, delisted_on = null, delisted_by = null, goes_on_as = null, updated_at = now()
    from back where i.id = back.id`.execute(tx);
}

/** Who is now reported as delisted keeps its id, unless its ticker is listed anew. */
async function delist(tx: Transaction, may: RawBuilder<unknown>): Promise<void> {
  await sql`
    with gone as (
      select distinct on (r.symbol, r."delistedOn") i.id, r."delistedOn" as on_date
      from market.instruments i join reference r on r.symbol = i.symbol
      where not r.active and i.merged_into is null and (${may}) and coalesce(${isSame}, ${mayBeSame})
        and (i.listed_on is null or r."delistedOn" is null or i.listed_on <= r."delistedOn")
        and not exists (select from reference other where other.active and other.symbol = r.symbol)
        and not exists (select from market.instruments known where not known.active and known.symbol = r.symbol
          and known.id <> i.id and known.delisted_on is not distinct from r."delistedOn")
      order by r.symbol, r."delistedOn", i.active desc, i.id
    ), latest as (select id, max(on_date) as on_date from gone group by id)
    update market.instruments i set active = false, updated_at = now(),
      delisted_on = coalesce(latest.on_date, i.delisted_on),
      delisted_by = case when latest.on_date is null then i.delisted_by else 'told' end
    from latest where i.id = latest.id
      and (i.active or latest.on_date is not null and (i.delisted_on is distinct from latest.on_date or ${isNotTold}))`.execute(
    tx,
  );
}

/** Some tickers are double in the provider's list; the later one wins, as it would in a second write. */
function uniqueReferences(references: readonly InstrumentReference[]): readonly InstrumentReference[] {
  const key = ({ symbol, active, delistedOn }: InstrumentReference) =>
    `${symbol} ${active} ${delistedOn ?? ''}`;
  return [...new Map(references.map((reference) => [key(reference), reference])).values()];
}

/** When those can have gone who a list lacks. */
interface Leaving {
  /** About the day of the last list that was whole: a bar from then on is one of their last days. */
  readonly since: SessionDate;
  /** The last session before the list. */
  readonly last: SessionDate;
}

/**
 * Active instruments that a complete list of a source no longer names become inactive, unless another source has told
 * of them: since their last bar as far as there is one, else since the last session before the list. Returns their symbols.
 */
export async function retireUnlisted(
  db: Database,
  source: SourceName,
  listed: readonly string[],
  { since, last }: Leaving,
): Promise<readonly string[]> {
  const { rows } = await sql<{ symbol: string }>`
    with gone as (
      select i.id, (select max(session_date) from market.daily_bars b
        where b.instrument_id = i.id and b.session_date between ${since}::date and ${last}::date) as bar
      from market.instruments i
      where i.active and coalesce(i.told_by, ${source}::text) = ${source}::text and not (i.symbol = any(${listed}::text[]))
    )
    update market.instruments i set active = false, updated_at = now(), delisted_on = coalesce(bar, ${last}::date),
      delisted_by = case when bar is null then 'list' else 'bars' end
    from gone where i.id = gone.id returning i.symbol`.execute(db);
  return rows.map(({ symbol }) => symbol);
}
