/** What was stored under one instrument and is another's: what was moved, and up to when all is known to lie where it belongs. */
export const moves = `
create table market.moves (
  id bigint generated always as identity primary key,
  moved_from integer not null references market.instruments,
  moved_to integer not null references market.instruments,
  what text not null check (what in ('daily_bars', 'intraday_bars', 'bar_revisions', 'bar_absences', 'corporate_actions',
    'fundamentals', 'key_statistics')),
  source text not null,
  ticker text collate "C" not null,
  first_day date not null,
  last_day date not null,
  row_count integer not null,
  run_id uuid,
  known_from timestamptz not null default market.stamp()
);
create index moves_from on market.moves (moved_from);
create index moves_to on market.moves (moved_to);
comment on table market.moves is 'what was stored under one instrument and was found to be another one''s';
comment on column market.moves.ticker is 'under which it was told of: whose that was on a day is who it belongs to';
create table market.placements (
  instrument_id integer primary key,
  placed_at timestamptz not null
);
comment on table market.placements is 'what is known of an instrument from before that instant lies where the history of symbols of then has it';
`;
