/** What was found wrong in the data. */
export const findings = `
create table market.quality_findings (
  id bigint generated always as identity primary key,
  rule text not null,
  severity text not null check (severity in ('info', 'warn', 'error')),
  status text not null default 'open' check (status in ('open', 'repaired', 'accepted')),
  instrument_id integer references market.instruments,
  source text,
  interval text,
  range_start date,
  range_end date,
  evidence jsonb not null,
  reason text,
  run_id uuid,
  found_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  unique nulls not distinct (rule, instrument_id, source, interval, range_start, range_end)
);
`;
