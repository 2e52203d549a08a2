import { sql } from 'kysely';
import type { InstrumentReference } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import type { Transaction } from './transaction.ts';

/** An instrument as stored; `id` never changes, the symbol may. */
export interface StoredInstrument extends InstrumentReference {
  readonly id: number;
  readonly watched: boolean;
}

const columns = sql`id, symbol, name, type, exchange, figi, cik, currency, active, listed_on as "listedOn",
  delisted_on as "delistedOn", watched`;

/** Common stock, ADRs and ETFs. A blank type is in: old records of real stocks have it. */
const universeTypes = ['CS', 'ADRC', 'ETF'];
/** Symbols that exchanges keep for testing. */
const testSymbols =
  '^(Z[BEVWXJ]+[XZ]+T|ZTEST|ZTST|ZBZX|ZEXIT|ZIEXT|ZXIET|ZVZZC|[ACIMNP]TEST(\\.[A-Z])?|CBO|CBX|IGZ)$';

/**
 * Makes the stored instruments those of the references; returns how many are new. The same ticker active is the same
 * instrument, and so is an active one that the reference now knows as delisted.
 */
export async function saveInstruments(
  tx: Transaction,
  references: readonly InstrumentReference[],
): Promise<number> {
  if (references.length === 0) return 0;
  const rows = JSON.stringify(uniqueReferences(references));
  await sql`create temp table reference on commit drop as
    select * from jsonb_to_recordset(${rows}::jsonb) as r(symbol text, name text, type text, exchange text, figi text,
      cik text, currency text, active boolean, "listedOn" date, "delistedOn" date)`.execute(tx);
  // An active instrument that is now reported as delisted keeps its id, unless its ticker is listed anew.
  await sql`update market.instruments i set active = false, delisted_on = r."delistedOn", updated_at = now()
    from reference r
    where not r.active and i.active and i.symbol = r.symbol
      and (i.figi is null or r.figi is null or i.figi = r.figi)
      and (i.listed_on is null or r."delistedOn" is null or i.listed_on <= r."delistedOn")
      and not exists (select from reference other where other.active and other.symbol = r.symbol)
      and not exists (select from market.instruments known where not known.active and known.symbol = r.symbol
        and known.delisted_on is not distinct from r."delistedOn")`.execute(tx);
  await sql`update market.instruments i set
      name = coalesce(r.name, i.name), type = coalesce(r.type, i.type), exchange = coalesce(r.exchange, i.exchange),
      figi = coalesce(r.figi, i.figi), cik = coalesce(r.cik, i.cik), currency = coalesce(r.currency, i.currency),
      listed_on = coalesce(r."listedOn", i.listed_on), updated_at = now()
    from reference r
    where i.symbol = r.symbol and i.active = r.active and (r.active or i.delisted_on is not distinct from r."delistedOn")
      and (r.name, r.type, r.exchange, r.figi, r.cik, r.currency, r."listedOn") is distinct from
        (i.name, i.type, i.exchange, i.figi, i.cik, i.currency, i.listed_on)`.execute(tx);
  const inserted = await sql`insert into market.instruments
      (symbol, name, type, exchange, figi, cik, currency, active, listed_on, delisted_on)
    select symbol, name, type, exchange, figi, cik, currency, active, "listedOn", "delistedOn" from reference
    order by symbol on conflict do nothing`.execute(tx);
  return Number(inserted.numAffectedRows ?? 0);
}

/** Some tickers are double in the provider's list; the later one wins, as it would in a second write. */
function uniqueReferences(references: readonly InstrumentReference[]): readonly InstrumentReference[] {
  const key = ({ symbol, active, delistedOn }: InstrumentReference) =>
    `${symbol} ${active} ${delistedOn ?? ''}`;
  return [...new Map(references.map((reference) => [key(reference), reference])).values()];
}

/** Active instruments that a complete list no longer names become inactive; returns their symbols. */
export async function retireUnlisted(db: Database, listed: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{
    symbol: string;
  }>`update market.instruments set active = false, updated_at = now()
    where active and not (symbol = any(${listed}::text[]))
      and not exists (select from market.instruments other
        where other.symbol = instruments.symbol and not other.active and other.delisted_on is null)
    returning symbol`.execute(db);
  return rows.map(({ symbol }) => symbol);
}

/** What a typed symbol means: one instrument, several candidates, or nothing known yet. */
type Resolution =
  | { readonly kind: 'found'; readonly instrument: StoredInstrument }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'unknown' };

/**
 * Looks each symbol up as typed first, then upper-cased when that names exactly one instrument; otherwise the
 * candidates that differ in case. Of several instruments under one ticker the active one is meant.
 */
export async function resolveSymbols(
  db: Database,
  typed: readonly string[],
): Promise<ReadonlyMap<string, Resolution>> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns} from market.instruments where upper(symbol) = any(${typed.map((symbol) => symbol.toUpperCase())}::text[])
    order by active desc, delisted_on desc nulls first, id`.execute(db);
  const byCase = Map.groupBy(rows, ({ symbol }) => symbol.toUpperCase());
  return new Map(typed.map((symbol) => [symbol, resolve(symbol, byCase.get(symbol.toUpperCase()) ?? [])]));
}

function resolve(typed: string, candidates: readonly StoredInstrument[]): Resolution {
  const exact = candidates.find(({ symbol }) => symbol === typed);
  if (exact !== undefined) return { kind: 'found', instrument: exact };
  const [upper, ...others] = candidates.filter(({ symbol }) => symbol === typed.toUpperCase());
  if (upper !== undefined && (upper.active || others.length === 0))
    return { kind: 'found', instrument: upper };
  if (candidates.length === 0) return { kind: 'unknown' };
  return { kind: 'ambiguous', candidates: [...new Set(candidates.map(({ symbol }) => symbol))] };
}

/** The universe: what is listed today, or was on some day of the range; by symbol. */
export async function readUniverse(
  db: Database,
  range: { readonly from: SessionDate; readonly to: SessionDate } | null,
): Promise<readonly StoredInstrument[]> {
  const listed =
    range === null
      ? sql`active`
      : sql`(listed_on is null or listed_on <= ${range.to}) and (active or delisted_on > ${range.from})`;
  const { rows } = await sql<StoredInstrument>`
    select ${columns} from market.instruments
    where not excluded and (watched or (
        (type is null or type = any(${universeTypes}::text[])) and symbol !~ ${testSymbols}))
      and ${listed}
    order by symbol, id`.execute(db);
  return rows;
}

/** The instruments that tickers stood for on a date each, by ticker; those that none is known for are left out. */
export async function instrumentsUnder(
  db: Database,
  tickers: readonly { readonly symbol: string; readonly date: SessionDate }[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ symbol: string; id: number }>`
    select distinct on (wish.symbol) wish.symbol, i.id
    from jsonb_to_recordset(${JSON.stringify(tickers)}::jsonb) as wish(symbol text, date date)
    join market.instruments i on i.symbol = wish.symbol
      and (i.listed_on is null or i.listed_on <= wish.date) and (i.active or i.delisted_on is null or i.delisted_on >= wish.date)
    order by wish.symbol, i.active desc, i.id`.execute(db);
  return new Map(rows.map(({ symbol, id }) => [symbol, id]));
}

/** What the prices of instruments are in, ISO 4217, by instrument; those of which nobody has said are left out. */
export async function currenciesOf(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await sql<{ id: number; currency: string }>`
    select id, upper(currency) as currency from market.instruments
    where id = any(${ids}::int[]) and currency is not null`.execute(db);
  return new Map(rows.map(({ id, currency }) => [id, currency]));
}

/** The watchlist: what a person has added, by symbol. */
export async function readWatched(db: Database): Promise<readonly StoredInstrument[]> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns} from market.instruments where watched and active order by symbol`.execute(db);
  return rows;
}

/** Puts one instrument on the list of the watched ones, or takes it out of the universe. */
export async function setWatched(db: Database, id: number, watched: boolean): Promise<void> {
  await sql`update market.instruments set watched = ${watched}, excluded = ${!watched}, updated_at = now()
    where id = ${id}`.execute(db);
}

/** When a list of the source was last read whole; null when never. */
export async function lastSync(
  db: Database,
  source: SourceName,
  list: 'active' | 'inactive',
): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    select completed_at as at from market.reference_syncs where source = ${source} and list = ${list}`.execute(
    db,
  );
  return rows[0]?.at ?? null;
}

/** Records that a list of the source was read whole, now. */
export async function recordSync(
  db: Database,
  sync: { readonly source: SourceName; readonly list: 'active' | 'inactive'; readonly instruments: number },
): Promise<void> {
  await sql`insert into market.reference_syncs (source, list, instruments, completed_at)
    values (${sync.source}, ${sync.list}, ${sync.instruments}, ${new Date()})
    on conflict (source, list) do update
      set instruments = excluded.instruments, completed_at = excluded.completed_at`.execute(db);
}

/** Those of the symbols that this market lists now. */
export async function activeAmong(db: Database, symbols: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ symbol: string }>`
    select symbol from market.instruments where symbol = any(${symbols}::text[]) and active`.execute(db);
  return rows.map(({ symbol }) => symbol);
}
