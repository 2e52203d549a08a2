/** A table whose rows are kept as they were before they changed or went. */
interface Versioned {
  /** With a column `known_from`; its schema is `market`. */
  readonly table: string;
  /** Singular, as its versions are named by. */
  readonly name: string;
  /** Expressions on a row by which it is told from others; none is null. */
  readonly key: readonly ((row: string) => string)[];
  /** True where a row says something else than before; unset: any change counts. */
  readonly differs?: string;
  /** Where the versions of one series are found. */
  readonly index: readonly string[];
}

/** The columns of a key, for `Versioned`. */
export function columnsOf(...columns: readonly string[]): readonly ((row: string) => string)[] {
  return columns.map((column) => (row: string) => `${row}.${column}`);
}

/** When what a row says is known from: the instant of its transaction, of many rows the quicker way. */
export const knownFrom = `known_from timestamptz not null
    default coalesce(nullif(current_setting('market.stamp', true), '')::timestamptz, market.stamp())`;

/**
 * Keeps what a table's rows were, whoever changes them: `market.NAME_versions` has each row that was replaced or taken away, and until when
 * it was what is known; what is written twice in one transaction was never known. `market.NAME_history` is both
 * together, for reads as of an instant.
 */
export function versionsOf({ table, name, key, differs, index }: Versioned): string {
  const sameKey = key.map((part) => `${part('gone')} = ${part('came')}`).join(' and ');
  const changed = differs ?? 'old.* is distinct from new.*';
  return `
create table market.${name}_versions (like market.${table}, known_until timestamptz not null);
create index ${name}_versions_of on market.${name}_versions (${index.join(', ')});
comment on table market.${name}_versions is 'what was known until then; now it is changed or gone';
comment on column market.${table}.known_from is 'since when this is what is known';
create view market.${name}_history as
  select *, null::timestamptz as known_until from market.${table} union all select * from market.${name}_versions;
create trigger restamp before update on market.${table} for each row when (${changed}) execute function market.restamp();
create function market.keep_changed_${table}() returns trigger language plpgsql as $$
begin
  insert into market.${name}_versions
  -- A row whose key has changed is gone from where it was.
  select gone.*, coalesce(came.known_from, market.stamp_after(gone.known_from))
  from gone left join came on ${sameKey} where gone.known_from is distinct from came.known_from;
  return null;
end $$;
create trigger keep_changed after update on market.${table}
  referencing old table as gone new table as came for each statement execute function market.keep_changed_${table}();
create function market.keep_gone_${table}() returns trigger language plpgsql as $$
begin
  insert into market.${name}_versions
  select gone.*, market.stamp_after(gone.known_from) from gone where gone.known_from <> market.stamp();
  return null;
end $$;
create trigger keep_gone after delete on market.${table}
  referencing old table as gone for each statement execute function market.keep_gone_${table}();
`;
}
