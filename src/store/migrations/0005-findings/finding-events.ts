/** What became of findings, noted by the database itself, whoever writes. */
export const findingEvents = `
-- No foreign key: findings are emptied and restored without their events.
create table market.finding_events (
  id bigint generated always as identity primary key,
  finding_id bigint not null,
  event text not null check (event in ('opened', 'seen', 'repaired', 'accepted', 'reopened')),
  at timestamptz not null default clock_timestamp(),
  run_id uuid,
  person text,
  reason text,
  severity text not null,
  evidence jsonb not null
);
create index finding_events_finding on market.finding_events (finding_id, id);
comment on table market.finding_events is 'what became of a finding, by a run or a person, and why';
comment on column market.finding_events.event is 'seen: found again with another severity, bar or evidence';
comment on column market.quality_findings.run_id is 'the run that said of it last';
comment on column market.quality_findings.reason is 'why it has this status';

insert into market.finding_events (finding_id, event, at, run_id, reason, severity, evidence)
select id, 'opened', found_at, run_id, null, severity, evidence from market.quality_findings order by id;
insert into market.finding_events (finding_id, event, at, run_id, reason, severity, evidence)
select id, status, greatest(seen_at, found_at), null, reason, severity, evidence from market.quality_findings
where status <> 'open' order by id;

-- What the word of a person on a finding is about: neighbours and thresholds move, the bar does not.
create function market.accepted_of(found market.quality_findings) returns jsonb language sql immutable as $$
  select coalesce(found.evidence -> 'bar', jsonb_build_object('severity', found.severity, 'evidence', found.evidence))
$$;

create function market.note_finding() returns trigger language plpgsql as $$
declare
  -- A transaction in which a person speaks says who that is.
  speaker text := nullif(current_setting('market.person', true), '');
  told text := case
    when tg_op = 'INSERT' then 'opened'
    when new.status <> old.status then case new.status when 'open' then 'reopened' else new.status end
    when new.status = 'accepted' and new.reason is distinct from old.reason then 'accepted'
    when (new.severity, market.accepted_of(new)) is distinct from (old.severity, market.accepted_of(old)) then 'seen'
  end;
begin
  if told is not null then
    insert into market.finding_events (finding_id, event, run_id, person, reason, severity, evidence)
    values (new.id, told, case when speaker is null then new.run_id end, speaker,
      case when told <> 'seen' then new.reason end, new.severity, new.evidence);
  end if;
  return null;
end $$;
create trigger quality_findings_events after insert or update on market.quality_findings
  for each row execute function market.note_finding();
`;
