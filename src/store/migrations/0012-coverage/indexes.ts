/** For counting a session, for the runs of a flow by their end, and for the loads that went wrong. */
export const indexes = `
create index daily_bars_by_session on market.daily_bars using brin (session_date)
  with (pages_per_range = 16, autosummarize = on);
-- Those that still run are first.
create index runs_by_flow_and_end on market.runs (flow, closed_at desc, started_at desc);
-- Who failed, and who came in part, has an error. Neither the status nor the end of a load is in it: to end ten thousand
-- loads would take three times as long, since each update of a row would be one of all indexes.
create index load_runs_in_error on market.load_runs (run_id) where error_kind is not null;
`;
