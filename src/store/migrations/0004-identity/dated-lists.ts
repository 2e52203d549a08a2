/** The lists of past days, and what was asked besides: neither is asked for twice. */
export const datedLists = `
create table market.dated_lists (
  source text not null,
  list_date date not null,
  tickers integer not null,
  refused boolean not null default false,
  run_id uuid,
  read_at timestamptz not null default clock_timestamp(),
  primary key (source, list_date)
);
comment on column market.dated_lists.refused is 'the plan of the key does not show that day';
create table market.listed_bearers (
  source text not null,
  ticker text collate "C" not null,
  figi text,
  cik text,
  type text,
  name text,
  dates date[] not null,
  unique nulls not distinct (source, ticker, figi, cik, type, name)
);
comment on table market.listed_bearers is 'who the lists of past days have under a ticker, and on which of them';
create table market.identity_answers (
  source text not null,
  question text collate "C" not null,
  answer jsonb not null,
  asked_at timestamptz not null default clock_timestamp(),
  primary key (source, question)
);
comment on table market.identity_answers is 'what was asked of days between two lists';
`;
