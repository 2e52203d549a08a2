/** What providers have sent that cannot be. */
export const rejectedRows = `
-- No foreign keys: evidence may outlive what it is of, and what no run has asked has none.
create table market.rejected_rows (
  id bigint generated always as identity primary key,
  run_id uuid,
  source text not null,
  symbol text,
  instrument_id integer,
  interval text,
  session_date date,
  opens_at timestamptz,
  field text not null,
  reason text not null,
  "row" jsonb not null,
  observed_at timestamptz,
  rejected_at timestamptz not null default clock_timestamp()
);
create index rejected_rows_by_run on market.rejected_rows (run_id, id);
create index rejected_rows_by_instrument on market.rejected_rows (instrument_id, session_date);
comment on table market.rejected_rows is 'rows of providers that were left out, as evidence: so many a run, and for a time only';
comment on column market.rejected_rows.session_date is 'null: cannot be told';
`;
