/** Which fields of stored daily bars are known to be wrong: what blocks is an open error, never a warning. */
export const blockedFields = `
create or replace function market.blocked_fields(instruments integer[], bar_source text)
returns table (instrument_id integer, first_session date, last_session date, field text) language sql stable as $$
  select distinct finding.instrument_id, finding.range_start, finding.range_end, named.field
  from market.quality_findings finding
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
`;
