import { sql, type RawBuilder } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';
import type { Database } from './database.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Severity } from '../domain/severity.ts';
import type { SourceName } from '../domain/source.ts';
import { jsonOf } from './json.ts';

/** What was found wrong, where; one row a rule and place, however often it is found. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Null: of no single instrument. */
  readonly instrumentId: number | null;
  readonly source: SourceName | null;
  readonly interval: string | null;
  readonly range: DateRange;
  readonly evidence: object;
}

/**
 * Records findings. One that is there already is seen again; it is open again where it was repaired, or where what a person
 * has accepted was another bar, or of what is no bar another severity or evidence.
 */
export async function recordFindings(
  db: Database,
  runId: string | null,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  const rows = findings.map(({ range, ...finding }) => ({ ...finding, start: range.from, end: range.to }));
  await sql`
    insert into market.quality_findings as known
      (rule, severity, instrument_id, source, interval, range_start, range_end, evidence, run_id)
    select distinct on (rule, "instrumentId", source, interval, start, "end")
      rule, severity, "instrumentId", source, interval, start, "end", evidence, ${runId}::uuid
    from jsonb_to_recordset(${jsonOf(rows)}::jsonb) as f(rule text, severity text, "instrumentId" int,
      source text, interval text, start date, "end" date, evidence jsonb)
    order by rule, "instrumentId", source, interval, start, "end", severity, evidence
    on conflict (rule, instrument_id, source, interval, range_start, range_end)
      do update set severity = excluded.severity, evidence = excluded.evidence, seen_at = now(), run_id = excluded.run_id,
        status = case when ${opensAgain} then 'open' else known.status end,
        reason = case when ${opensAgain} then ${whyAgain} else known.reason end`.execute(db);
}

/** What is accepted is a bar, where it is one; else what was found as a whole. */
const opensAgain = sql`(known.status = 'repaired' or known.status = 'accepted'
  and market.accepted_of(known) is distinct from market.accepted_of(excluded))`;
const whyAgain = sql`case known.status when 'repaired' then 'it is found again' else 'it is not what was accepted' end`;

/** What a run sets of findings that it closes. */
export function repairedBy(runId: string | null): RawBuilder<unknown> {
  return sql`status = 'repaired', reason = null, run_id = ${runId}::uuid`;
}

/** Closes the open findings of a rule on a source as a whole. */
export async function closeSourceFindings(
  db: Database,
  runId: string | null,
  { rule, source }: { readonly rule: string; readonly source: SourceName },
): Promise<void> {
  await sql`update market.quality_findings set ${repairedBy(runId)}
    where status = 'open' and rule = ${rule} and source = ${source} and instrument_id is null`.execute(db);
}

/** Closes the open findings of the rules and instruments that are no longer found: none of those still found has their key. */
export function closeFindings(
  db: Database,
  runId: string | null,
  { rules, instrumentIds }: { readonly rules: readonly string[]; readonly instrumentIds: readonly number[] },
  stillFound: readonly Finding[],
): Promise<void> {
  const among = sql`rule = any(${rules}::text[]) and instrument_id = any(${instrumentIds}::int[])`;
  return closeUnfound(db, runId, among, stillFound);
}

/** The same of the findings of a source whose rule begins so. */
export function closeFindingsOf(
  db: Database,
  runId: string | null,
  { rulePrefix, source }: { readonly rulePrefix: string; readonly source: SourceName },
  stillFound: readonly Finding[],
): Promise<void> {
  return closeUnfound(db, runId, sql`starts_with(rule, ${rulePrefix}) and source = ${source}`, stillFound);
}

/** The same of rules on daily bars of a source in one session as a whole. */
export function closeFindingsOfDay(
  db: Database,
  runId: string | null,
  day: { readonly rules: readonly string[]; readonly source: SourceName; readonly session: SessionDate },
  stillFound: readonly Finding[],
): Promise<void> {
  const among = sql`rule = any(${day.rules}::text[]) and source = ${day.source} and interval = '1d'
    and instrument_id is null and range_start = ${day.session}::date and range_end = ${day.session}::date`;
  return closeUnfound(db, runId, among, stillFound);
}

/** The same of one rule on some bars of a source and interval. */
export async function closeCells(
  db: Database,
  runId: string | null,
  { rule, source, interval, cells }: RuledCells,
  stillFound: readonly Finding[],
): Promise<void> {
  if (cells.length === 0) return;
  const among = sql`rule = ${rule} and source = ${source} and interval = ${interval} and range_start = range_end
    and (instrument_id, range_start) in (select * from unnest(${cells.map(({ instrumentId }) => instrumentId)}::int[],
      ${cells.map(({ session }) => session)}::date[]))`;
  await closeUnfound(db, runId, among, stillFound);
}

interface RuledCells {
  readonly rule: string;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly cells: readonly { readonly instrumentId: number; readonly session: SessionDate }[];
}

/** Daily bars that were judged, and by which rules. */
export interface JudgedCells {
  readonly rules: readonly string[];
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
}

/** The findings of rules, instruments and daily bars within a range, of whichever source. */
export function findingsWithin({ rules, instrumentIds, range }: JudgedCells): RawBuilder<unknown> {
  return sql`rule = any(${rules}::text[]) and instrument_id = any(${instrumentIds}::int[]) and interval = '1d'
    and range_start >= ${range.from}::date and range_end <= ${range.to}::date`;
}

/** The findings of the same range, those of a source as a whole included. */
export function findingsWithinAll(judged: JudgedCells): RawBuilder<unknown> {
  const { rules, range } = judged;
  return sql`(${findingsWithin(judged)} or rule = any(${rules}::text[]) and instrument_id is null and interval = '1d'
    and range_start <= ${range.to}::date)`;
}

/** The same of rules, instruments and daily bars of a source within a range. */
export function closeFindingsWithin(
  db: Database,
  runId: string | null,
  { source, ...judged }: JudgedCells & { readonly source: SourceName },
  stillFound: readonly Finding[],
): Promise<void> {
  return closeUnfound(db, runId, sql`${findingsWithin(judged)} and source = ${source}`, stillFound);
}

/** The same of those that reach into a range, or beyond it. */
export function closeFindingsAcross(
  db: Database,
  runId: string | null,
  { rules, instrumentIds, source, range }: JudgedCells & { readonly source: SourceName },
  stillFound: readonly Finding[],
): Promise<void> {
  const among = sql`rule = any(${rules}::text[]) and instrument_id = any(${instrumentIds}::int[]) and interval = '1d'
    and source = ${source} and range_start <= ${range.to}::date and range_end >= ${range.from}::date`;
  return closeUnfound(db, runId, among, stillFound);
}

/** The same of rules over what a source has as a whole. */
export function closeSourceFindingsWithin(
  db: Database,
  runId: string | null,
  { rules, source, range }: Omit<JudgedCells, 'instrumentIds'> & { readonly source: SourceName },
  stillFound: readonly Finding[],
): Promise<void> {
  const among = sql`rule = any(${rules}::text[]) and instrument_id is null and source = ${source} and interval = '1d'
    and range_start >= ${range.from}::date and range_end <= ${range.to}::date`;
  return closeUnfound(db, runId, among, stillFound);
}

async function closeUnfound(
  db: Database,
  runId: string | null,
  among: RawBuilder<unknown>,
  stillFound: readonly Finding[],
): Promise<void> {
  const kept = stillFound.map(({ rule, instrumentId, source, interval, range }) => {
    return { rule, instrumentId, source, interval, start: range.from, end: range.to };
  });
  // Else the text is read anew for each finding that is there.
  await sql`
    with f as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as told(rule text, "instrumentId" int, source text,
        interval text, start date, "end" date)
    ) update market.quality_findings known set ${repairedBy(runId)}
    where status = 'open' and ${among}
      and not exists (
        select from f where (f.rule, f."instrumentId", f.source, f.interval, f.start, f."end") is not distinct from
          (known.rule, known.instrument_id, known.source, known.interval, known.range_start, known.range_end))`.execute(
    db,
  );
}
