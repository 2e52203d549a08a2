import { inBothTenses } from './tense.ts';

/** What stood of findings at an instant, by what became of them: `seen` leaves their status as it was. */
const findingsAsOf = `
create or replace function market.findings_as_of(instruments integer[], as_of timestamptz)
returns table (id bigint, rule text, instrument_id integer, source text, "interval" text, range_start date, range_end date,
  status text, severity text, evidence jsonb) language sql stable as $$
  select finding.id, finding.rule, finding.instrument_id, finding.source, finding.interval, finding.range_start,
    finding.range_end, case when said.event in ('opened', 'reopened') then 'open' else said.event end,
    last.severity, last.evidence
  from market.quality_findings finding
  cross join lateral (select event.severity, event.evidence from market.finding_events event
    where event.finding_id = finding.id and event.at <= as_of order by event.id desc limit 1) last
  cross join lateral (select event.event from market.finding_events event
    where event.finding_id = finding.id and event.at <= as_of and event.event <> 'seen'
    order by event.id desc limit 1) said
  where finding.instrument_id = any(instruments)
$$;
`;

/** Which fields of stored daily bars are known to be wrong: what blocks is an open error, never a warning. */
const fields = inBothTenses(
  ({ parameter, findings }) => `
create or replace function market.blocked_fields(instruments integer[], bar_source text${parameter})
returns table (instrument_id integer, first_session date, last_session date, field text) language sql stable as $$
  select distinct finding.instrument_id, finding.range_start, finding.range_end, named.field
  from ${findings('instruments')} finding
  cross join lateral jsonb_array_elements(case jsonb_typeof(finding.evidence -> 'fields') when 'array'
    then finding.evidence -> 'fields' else '[]' end) part
  cross join lateral unnest(case when part ->> 'field' = 'bar' then array['open', 'high', 'low', 'close', 'volume']
    else array[part ->> 'field'] end) named(field)
  where finding.status = 'open' and finding.severity = 'error' and finding.interval = '1d'
    and finding.instrument_id = any(instruments) and finding.source = bar_source
    and finding.range_start is not null and finding.range_end is not null
    and coalesce(part ->> 'severity', finding.severity) = 'error'
    and named.field in ('open', 'high', 'low', 'close', 'volume')
$$;
`,
);

export const blockedFields = [findingsAsOf, fields].join('\n');
