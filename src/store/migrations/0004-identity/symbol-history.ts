/** Which instrument bore which ticker on which days, by what evidence, as known from when until when. */
export const symbolHistory = `
create extension if not exists btree_gist;
create table market.symbol_history (
  id bigint generated always as identity primary key,
  instrument_id integer not null references market.instruments,
  vocabulary text not null,
  ticker text collate "C" not null check (ticker <> ''),
  borne daterange not null check (not isempty(borne) and not lower_inf(borne)),
  evidence text not null check (evidence in ('person', 'figi', 'cik', 'list')),
  from_by text not null check (from_by in ('person', 'list', 'bars', 'lookup')),
  to_by text not null check (to_by in ('person', 'list', 'bars', 'lookup')),
  reason text,
  run_id uuid,
  known_from timestamptz not null default market.stamp(),
  known_until timestamptz check (known_until > known_from),
  constraint one_bearer_a_day exclude using gist (vocabulary with =, ticker with =, borne with &&)
    where (known_until is null),
  constraint one_ticker_a_day exclude using gist (vocabulary with =, instrument_id with =, borne with &&)
    where (known_until is null)
);
create index symbol_history_by_instrument on market.symbol_history (instrument_id);
create index symbol_history_by_ticker on market.symbol_history (ticker, vocabulary) where known_until is null;
comment on table market.symbol_history is 'who bore a ticker on which days; of a source that writes the ticker of the day';
comment on column market.symbol_history.vocabulary is 'whose tickers they are: a source';
comment on column market.symbol_history.borne is 'the days; without an end: to this day';
comment on column market.symbol_history.evidence is 'what makes it this instrument; from_by and to_by: how its first and last day are known';
comment on column market.symbol_history.known_until is 'when it was known otherwise; null: it is what is known';
`;
