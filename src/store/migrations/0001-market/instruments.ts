import { columnsOf, knownFrom, versionsOf } from '../versions.ts';

const table = `
create table market.instruments (
  id integer generated always as identity primary key,
  symbol text not null,
  name text,
  type text,
  exchange text,
  figi text,
  cik text,
  currency text,
  active boolean not null,
  listed_on date,
  delisted_on date,
  delisted_by text check (delisted_by in ('told', 'bars', 'list')),
  goes_on_as text,
  watched boolean not null default false,
  added boolean not null default false,
  excluded boolean not null default false,
  merged_into integer references market.instruments check (merged_into <> id and (merged_into is null or not active)),
  told_by text,
  updated_at timestamptz not null default now(),
  ${knownFrom}
);
create unique index instruments_active on market.instruments (symbol) where active;
create index instruments_inactive on market.instruments (symbol, delisted_on) where not active;
create index instruments_any_case on market.instruments (upper(symbol));
comment on column market.instruments.delisted_on is 'the last day on which it was traded at an exchange';
comment on column market.instruments.delisted_by is
  'how that is known: its source tells it, or no list has it any more: then it is that of its last bar, or the last before that list';
comment on column market.instruments.goes_on_as is 'its ticker over the counter since it left the exchange; null: none is known';
comment on column market.instruments.watched is 'on the watchlist, whether or not it is part of the universe';
comment on column market.instruments.added is 'a person added it: part of the universe whatever its type';
comment on column market.instruments.merged_into is 'it is that one, under an earlier ticker: all that was its own is there';
comment on column market.instruments.told_by is 'the source that said last that it is listed: no other can say that it is not';
comment on column market.instruments.excluded is 'a person removed it: never part of the universe';
create function market.refuse_deletion() returns trigger language plpgsql as $$
begin raise exception 'instruments are never deleted: bars are theirs'; end $$;
create trigger instruments_stay before delete or truncate on market.instruments
  execute function market.refuse_deletion();
`;

const columns = `symbol name type exchange figi cik currency active listed_on delisted_on delisted_by goes_on_as watched added excluded
  merged_into`;
const rowOf = (row: string) =>
  `(${columns
    .split(/\s+/)
    .map((column) => `${row}.${column}`)
    .join(', ')})`;

const versions = versionsOf({
  table: 'instruments',
  name: 'instrument',
  key: columnsOf('id'),
  // Who told of it last, and when, says nothing else of it.
  differs: `${rowOf('old')} is distinct from ${rowOf('new')}`,
  index: ['id'],
});

/** What is traded; a row is never deleted, since bars are its own. */
export const instruments = [table, versions].join('\n');
