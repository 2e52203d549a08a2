import { sql } from 'kysely';
import type { InstrumentReference, SymbolsList } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { rowsAsOf, wasKnown, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';

/** An instrument as stored; `id` never changes, the symbol may. */
export interface StoredInstrument extends InstrumentReference {
  readonly id: number;
  readonly watched: boolean;
}

const columns = (
  row = 'instrument',
) => sql`${sql.ref(row)}.id, symbol, name, type, exchange, figi, cik, currency, active,
  listed_on as "listedOn", delisted_on as "delistedOn", watched`;

/** Common stock, ADRs and ETFs. A blank type is in: old records of real stocks have it. */
const universeTypes = ['CS', 'ADRC', 'ETF'];
/** Symbols that exchanges keep for testing. */
const testSymbols =
  '^(Z[BEVWXJ]+[XZ]+T|ZTEST|ZTST|ZBZX|ZEXIT|ZIEXT|ZXIET|ZVZZC|[ACIMNP]TEST(\\.[A-Z])?|CBO|CBX|IGZ)$';

/** What a typed symbol means: one instrument, several candidates, or nothing known yet. */
type Resolution =
  | { readonly kind: 'found'; readonly instrument: StoredInstrument }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'unknown' };

/** Who can be meant by a ticker, in the order in which they are. */
interface Candidate extends StoredInstrument {
  /** What they are called, or were. */
  readonly ticker: string;
}

/**
 * Looks each symbol up as typed first, then upper-cased when that names exactly one instrument; otherwise the
 * candidates that differ in case. Of several instruments under one ticker the active one is meant, else who bore it
 * last, under whatever ticker now. As known at an instant, or now.
 */
export async function resolveSymbols(
  db: Database,
  typed: readonly string[],
  asOf?: AsOf,
): Promise<ReadonlyMap<string, Resolution>> {
  const upper = typed.map((symbol) => symbol.toUpperCase());
  const { rows } = await sql<Candidate>`
    with wished as (select distinct unnest(${upper}::text[]) as ticker), candidate as (
      select coalesce(i.merged_into, i.id) as id, i.symbol as ticker, i.active as bears, i.delisted_on as until
      from ${instrumentsAsOf(asOf)} i join wished on upper(i.symbol) = wished.ticker
      union all
      select h.instrument_id, h.ticker, false, max(upper(h.borne) - 1)
      from market.symbol_history h join wished on upper(h.ticker) = wished.ticker
      where ${wasKnown('h', asOf)} and not upper_inf(h.borne) group by 1, 2
    )
    select ${columns('i')}, c.ticker
    from (select id, ticker, bool_or(bears) as bears,
        case when bool_and(until is not null) then max(until) end as until from candidate group by 1, 2) c
    join ${instrumentsAsOf(asOf)} i on i.id = c.id
    order by c.bears desc, c.until desc nulls first, c.id`.execute(db);
  const byCase = Map.groupBy(rows, ({ ticker }) => ticker.toUpperCase());
  return new Map(typed.map((symbol) => [symbol, resolve(symbol, byCase.get(symbol.toUpperCase()) ?? [])]));
}

function resolve(typed: string, candidates: readonly Candidate[]): Resolution {
  const exact = candidates.find(({ ticker }) => ticker === typed);
  if (exact !== undefined) return { kind: 'found', instrument: exact };
  const [upper, ...others] = candidates.filter(({ ticker }) => ticker === typed.toUpperCase());
  if (upper !== undefined && (upper.active || others.length === 0))
    return { kind: 'found', instrument: upper };
  if (candidates.length === 0) return { kind: 'unknown' };
  return { kind: 'ambiguous', candidates: [...new Set(candidates.map(({ ticker }) => ticker))] };
}

/** The instruments with those ids, by id; as known at an instant, or now. */
export async function instrumentsOf(
  db: Database,
  ids: readonly number[],
  asOf?: AsOf,
): Promise<ReadonlyMap<number, StoredInstrument>> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns()} from ${instrumentsAsOf(asOf)} instrument where id = any(${ids}::int[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

const instrumentsAsOf = (asOf: AsOf | undefined) => rowsAsOf('instruments', 'instrument', asOf);

/**
 * The universe: what is listed today, or was on some day of the range; by symbol. Of a source, what it lists; as known at
 * an instant, or now.
 */
export async function readUniverse(
  db: Database,
  range: { readonly from: SessionDate; readonly to: SessionDate } | null,
  source: SourceName | null = null,
  asOf?: AsOf,
): Promise<readonly StoredInstrument[]> {
  const listed =
    range === null
      ? sql`active`
      : sql`((listed_on is null or listed_on <= ${range.to}) and (active or delisted_on >= ${range.from})
          or exists (select from market.symbol_history h where h.instrument_id = instrument.id and ${wasKnown('h', asOf)}
            and h.borne && daterange(${range.from}, ${range.to}, '[]')))`;
  const { rows } = await sql<StoredInstrument>`
    select ${columns()} from ${instrumentsAsOf(asOf)} instrument
    where merged_into is null and not excluded and (added or (
        (type is null or type = any(${universeTypes}::text[])) and symbol !~ ${testSymbols}
        and (${source}::text is null or coalesce(told_by, ${source}::text) = ${source}::text)))
      and ${listed}
    order by symbol, id`.execute(db);
  return rows;
}

/** The symbols of instruments, by their ids. */
export async function symbolsById(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: number; symbol: string }>`
    select id, symbol from market.instruments where id = any(${ids}::int[])`.execute(db);
  return new Map(rows.map(({ id, symbol }) => [id, symbol]));
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

/**
 * The watchlist, by symbol. Who is not among those that one source lists stays on it; not who
 * is known to be delisted, since nobody has bars of that. As known at an instant, or now.
 */
export async function readWatched(db: Database, asOf?: AsOf): Promise<readonly StoredInstrument[]> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns()} from ${instrumentsAsOf(asOf)} instrument
    where merged_into is null and watched and (active or delisted_by is distinct from 'told') order by symbol, id`.execute(
    db,
  );
  return rows;
}

/**
 * Puts one instrument on a list, or takes it off; the other list stays as it is. What is out of the universe is so
 * whatever its type.
 */
export async function setListed(db: Database, list: SymbolsList, id: number, isOn: boolean): Promise<void> {
  const change = list === 'watchlist' ? sql`watched = ${isOn}` : sql`added = ${isOn}, excluded = ${!isOn}`;
  await sql`update market.instruments set ${change}, updated_at = now() where id = ${id}`.execute(db);
}

/**
 * Keeps since when an instrument is listed, where that is not known yet. A date on which its ticker was still another's
 * is none of its own. Returns what is kept; null: nothing.
 */
export async function learnListing(
  db: Database,
  {
    id,
    listedOn,
    ownedFrom,
  }: { readonly id: number; readonly listedOn: SessionDate; readonly ownedFrom: number | null },
): Promise<SessionDate | null> {
  const { rows } = await sql<{ listedOn: SessionDate | null }>`
    update market.instruments set updated_at = now(), listed_on = coalesce(listed_on,
      case when ${ownedFrom}::int is null or ${listedOn}::date >= date '1970-01-01' + ${ownedFrom}::int
        then ${listedOn}::date end)
    where id = ${id} returning listed_on as "listedOn"`.execute(db);
  return rows[0]?.listedOn ?? null;
}

/** Those of the symbols that this market lists now. */
export async function activeAmong(db: Database, symbols: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ symbol: string }>`
    select symbol from market.instruments where symbol = any(${symbols}::text[]) and active`.execute(db);
  return rows.map(({ symbol }) => symbol);
}
