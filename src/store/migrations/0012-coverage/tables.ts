/** Which days of each month are covered, by source, interval and instrument, and how often a month has changed. */
export const tables = `
create table market.coverage_months (
  source text collate "C" not null,
  interval text collate "C" not null,
  month date not null check (date_part('day', month) = 1),
  instrument_id integer not null,
  settled integer not null,
  provisional integer not null,
  absent integer not null,
  primary key (source, interval, month, instrument_id)
-- A session of the whole market changes each row of a month: with room beside it that touches no index.
) with (fillfactor = 45);
comment on table market.coverage_months is 'the days of a month that have a daily bar or are known to have none; bit d - 1 is day d; triggers keep it';
comment on column market.coverage_months.settled is 'days with a settled bar';
comment on column market.coverage_months.provisional is 'days with a bar that may still move';
comment on column market.coverage_months.absent is 'days within confirmed absences of whole sessions; days without a session may lie among them';
create table market.coverage_versions (
  source text collate "C" not null,
  interval text collate "C" not null,
  month date not null,
  version bigint not null,
  changed_at timestamptz not null,
  primary key (source, interval, month)
) with (fillfactor = 50);
comment on table market.coverage_versions is 'how many transactions have changed a month of coverage_months; who changes it holds its row until he has committed';
`;
