import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { GapReason } from '../domain/gap.ts';
import type { Interval } from '../domain/interval.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { Database } from './database.ts';
import { repairedBy } from './findings.ts';

/** The rule of findings that tell of bars that nobody could bring. */
export const gapRule = 'gap';

/** Sessions running that lack a bar for one reason. */
export interface LackingRange {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly range: DateRange;
  readonly reason: GapReason;
  readonly sessions: number;
}

interface LookedOver {
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
  readonly lacking: readonly LackingRange[];
}

/** Closes the open findings of gaps of instruments within a range that are no longer seen as they were told. */
export async function closeGapFindings(
  db: Database,
  runId: string | null,
  { instrumentIds, range, lacking }: LookedOver,
): Promise<void> {
  await sql`
    update market.quality_findings known set ${repairedBy(runId)}
    where status = 'open' and rule = ${gapRule} and instrument_id = any(${instrumentIds}::int[])
      and range_start >= ${range.from}::date and range_end <= ${range.to}::date
      and not exists (select from ${asRows(lacking)} where (gap.id, gap.source, gap.interval, gap.first, gap.last) =
        (known.instrument_id, known.source, known.interval, known.range_start, known.range_end))`.execute(db);
}

/** Closes the open findings of gaps of a run's instruments that have a bar of each of their sessions. */
export async function closeFilledGaps(
  db: Database,
  { runId, source }: { readonly runId: string; readonly source: SourceName },
): Promise<void> {
  const within = sql`bar.instrument_id = known.instrument_id and bar.source = known.source
    and bar.session_date between known.range_start and known.range_end`;
  await sql`
    update market.quality_findings known set ${repairedBy(runId)}
    where status = 'open' and rule = ${gapRule} and source = ${source}
      and instrument_id in (select instrument_id from market.load_runs where run_id = ${runId}::uuid)
      and (evidence->>'sessions')::int <= case known.interval
        when '1d' then (select count(*) from market.daily_bars bar where ${within})
        else (select count(distinct session_date) from market.intraday_bars bar
          where ${within} and bar.interval = known.interval) end`.execute(db);
}

/** When each of some gaps was asked for and answered, the last times, ISO 8601, oldest first. */
export async function whenAskedFor(
  db: Database,
  lacking: readonly LackingRange[],
): Promise<readonly (readonly string[])[]> {
  if (lacking.length === 0) return [];
  const { rows } = await sql<{ asked: readonly string[] | null }>`
    select asked from ${asRows(lacking)} left join lateral (
      select array_agg(at order by at) as asked from (
        select ${instantText(sql.ref('completed_at'))} as at from market.load_runs
        where instrument_id = gap.id and data_source = gap.source and interval = gap.interval
          and range_start <= gap.last and range_end >= gap.first and completed_at is not null
        order by completed_at desc limit 5) as latest) as loads on true
    order by gap.place`.execute(db);
  return rows.map(({ asked }) => asked ?? []);
}

function asRows(lacking: readonly LackingRange[]) {
  return sql`unnest(
    ${lacking.map(({ instrumentId }) => instrumentId)}::int[],
    ${lacking.map(({ source }) => source)}::text[],
    ${lacking.map(({ interval }) => interval)}::text[],
    ${lacking.map(({ range }) => range.from)}::date[],
    ${lacking.map(({ range }) => range.to)}::date[])
    with ordinality as gap(id, source, interval, first, last, place)`;
}
