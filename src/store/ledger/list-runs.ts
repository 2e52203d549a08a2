import { sql, type RawBuilder } from 'kysely';
import type { DateRange } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Database } from '../database.ts';

/** Which runs a page is of; null: whatever. */
export interface RunsFilter {
  readonly flow: string | null;
  /** A status of the ledger, or `with-failures`: completed, with loads that failed. */
  readonly status: string | null;
  /** The kind of an error that one of its loads has. */
  readonly error: string | null;
  /** Spellings of a symbol that one of its loads is of. */
  readonly symbols: readonly string[] | null;
  /** Ended on that day or later, or earlier, or still going on by then, in a zone. */
  readonly from: SessionDate | null;
  readonly to: SessionDate | null;
  readonly zone: string;
}

/** A run in a line: what it came to, or so far has. */
export interface RunLine {
  readonly workflowId: string;
  readonly runId: string;
  readonly flow: string;
  readonly status: string;
  readonly startedBy: string | null;
  readonly startedAt: Date;
  /** Null: it goes on. */
  readonly closedAt: Date | null;
  /** Null: what it was for could not be worked out. */
  readonly range: DateRange | null;
  readonly requests: number;
  /** Of its loads, or of its summary; `finished` those that have ended. */
  readonly symbols: number;
  readonly finished: number;
  readonly failed: number;
  readonly partial: number;
  readonly changed: number;
  /** What it went on without, or why it brought nothing; null: nothing of the kind. */
  readonly wentOnWithout: string | null;
  /** What ended it as a whole; null: nothing did. */
  readonly error: string | null;
  /** Errors in what it judged; null: it judges nothing. */
  readonly openErrors: number | null;
}

const failedOf = sql`coalesce((run.summary ->> 'failed')::int, 0)`;

/** True for the runs that a filter lets through. */
export function filtered({ flow, status, error, symbols, from, to, zone }: RunsFilter): RawBuilder<boolean> {
  const midnight = (date: SessionDate) => sql`${date}::date::timestamp at time zone ${zone}::text`;
  const conditions = [
    ...(flow === null ? [] : [sql`run.flow = ${flow}`]),
    ...(status === null ? [] : [ofStatus(status)]),
    ...(error === null
      ? []
      : [
          sql`exists (select from market.load_runs load where load.run_id = run.run_id and load.error_kind = ${error})`,
        ]),
    ...(symbols === null
      ? []
      : [
          sql`exists (select from market.load_runs load
          where load.run_id = run.run_id and load.symbol = any(${[...symbols]}::text[]))`,
        ]),
    ...(from === null ? [] : [sql`coalesce(run.closed_at, now()) >= ${midnight(from)}`]),
    ...(to === null
      ? []
      : [sql`coalesce(run.closed_at, run.started_at) < (${midnight(to)} + interval '1 day')`]),
  ];
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

function ofStatus(status: string): RawBuilder<unknown> {
  if (status !== 'with-failures') return sql`run.status = ${status}`;
  return sql`run.status = 'completed' and ${failedOf} > 0`;
}

/** Runs of the same moment: more of them than that go on at once nowhere. */
const mostOpen = 200;

/** Those that go on, the latest first; and those that have ended, by their end, after the one of that id. */
export async function listRuns(
  db: Database,
  filter: RunsFilter,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly RunLine[]> {
  const end = (columns: string) =>
    sql`(select ${sql.raw(columns)} from market.runs where run_id = ${after}::uuid)`;
  // The first of the two is what an index takes.
  const isAfter = sql`run.closed_at <= ${end('closed_at')} and (run.closed_at, run.run_id) < ${end('closed_at, run_id')}`;
  const { rows } = await sql<RunLine>`
    select ${lineColumns} from (
      (select * from market.runs run where closed_at is null and ${after === null} and ${filtered(filter)}
        order by started_at desc, run_id limit ${mostOpen})
      union all
      (select * from market.runs run
        where closed_at is not null and ${after === null ? sql`true` : isAfter} and ${filtered(filter)}
        order by closed_at desc, run_id desc limit ${limit})
    ) run cross join lateral (${loadsSoFar}) loads
    order by run.closed_at desc nulls first, case when run.closed_at is null then run.started_at end desc, run.run_id desc`.execute(
    db,
  );
  return rows;
}

/** The run of a run id, as a line; undefined when there is none. */
export async function readRunLine(db: Database, runId: string): Promise<RunLine | undefined> {
  const { rows } = await sql<RunLine>`
    select ${lineColumns} from market.runs run cross join lateral (${loadsSoFar}) loads
    where run.run_id = ${runId}::uuid`.execute(db);
  return rows[0];
}

const isDate = (end: string) => sql`run.sessions -> 'range' ->> ${sql.lit(end)} ~ '^\\d{4}-\\d\\d-\\d\\d$'`;

const lineColumns = sql`run.workflow_id as "workflowId", run.run_id as "runId", run.flow, run.status,
  run.started_by as "startedBy", run.started_at as "startedAt", run.closed_at as "closedAt",
  case when ${isDate('from')} and ${isDate('to')} then run.sessions -> 'range' end as range, run.requests, loads.finished,
  coalesce((run.summary ->> 'totalSymbols')::int, loads.symbols) as symbols,
  coalesce((run.summary ->> 'failed')::int, loads.failed) as failed,
  coalesce((run.summary ->> 'partial')::int, loads.partial) as partial,
  coalesce((run.summary ->> 'changedRecords')::bigint, loads.changed) as changed,
  coalesce(run.summary ->> 'wentOnWithout', run.summary ->> 'note') as "wentOnWithout",
  run.summary -> 'error' ->> 'message' as error, (run.summary -> 'open' ->> 'error')::int as "openErrors"`;

/** Where the summary does not say. */
const loadsSoFar = sql`select count(*)::int as symbols, count(completed_at)::int as finished,
    count(*) filter (where status = 'failed')::int as failed, count(*) filter (where status = 'partial')::int as partial,
    coalesce(sum(changed_count), 0)::bigint as changed
  from market.load_runs where run_id = run.run_id and not coalesce(run.summary ? 'totalSymbols', false)`;

/** How many runs there are, by how they ended; `runIds` are of those that ended with something failed. */
export interface RunCounts {
  readonly open: number;
  readonly done: number;
  readonly withFailures: number;
  readonly failed: number;
  readonly cancelled: number;
  /** The latest of those that did not end well. */
  readonly troubled: readonly string[];
}

const mostTroubled = 500;

/** Counts the runs that a filter lets through. */
export async function countRuns(db: Database, filter: RunsFilter): Promise<RunCounts> {
  const { rows } = await sql<RunCounts>`
    with found as (select run.run_id, run.status, run.closed_at, ${failedOf} as failed from market.runs run
      where ${filtered(filter)})
    select count(*) filter (where closed_at is null)::int as open,
      count(*) filter (where status = 'completed' and failed = 0)::int as done,
      count(*) filter (where status = 'completed' and failed > 0)::int as "withFailures",
      count(*) filter (where status in ('failed', 'terminated'))::int as failed,
      count(*) filter (where status = 'cancelled')::int as cancelled,
      array(select run_id::text from found
        where status in ('failed', 'terminated') or (status = 'completed' and failed > 0)
        order by closed_at desc limit ${mostTroubled}) as troubled
    from found`.execute(db);
  return rows[0] ?? { open: 0, done: 0, withFailures: 0, failed: 0, cancelled: 0, troubled: [] };
}
