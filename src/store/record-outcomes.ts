import { sql } from 'kysely';
import type { LoadError } from '../domain/load-error.ts';
import type { Database } from './database.ts';
import { jsonOf } from './json.ts';
import type { LoadStatus } from './schema.ts';

/** What one piece of work adds to a load; a final status completes it. */
export interface LoadOutcome {
  readonly loadId: number;
  readonly records: number;
  readonly changed: number;
  readonly settled: number;
  readonly status: Exclude<LoadStatus, 'pending' | 'cancelled'>;
  readonly error: LoadError | null;
}

/** From so many loads of one outcome on they are named by their ids alone: it takes half of the time. */
const many = 100;

/** Adds outcomes to their loads, one each; a completed load stays as it is. */
export async function recordOutcomes(db: Database, outcomes: readonly LoadOutcome[]): Promise<void> {
  const others: LoadOutcome[] = [];
  for (const alike of Map.groupBy(outcomes, withoutLoad).values()) {
    if (alike.length >= many) await recordAlike(db, alike);
    else others.push(...alike);
  }
  if (others.length > 0) await recordEach(db, others);
}

function withoutLoad({ records, changed, settled, status, error }: LoadOutcome): string {
  return JSON.stringify([records, changed, settled, status, error]);
}

/** Adds the outcome `o` to the load `l`, which is open. */
const added = sql`
  records_count = l.records_count + o.records, changed_count = l.changed_count + o.changed,
  settled_count = l.settled_count + o.settled, status = o.status, attempts = greatest(l.attempts, 1),
  error_kind = coalesce(o.error ->> 'kind', l.error_kind),
  error_message = coalesce(o.error ->> 'message', l.error_message),
  started_at = coalesce(l.started_at, now()), completed_at = case when o.status <> 'running' then now() end`;
// Not `is null`: of old figures the planner believes that no load is open, and compares each outcome with every load.
const isOpen = sql`num_nulls(l.completed_at) = 1`;

async function recordEach(db: Database, outcomes: readonly LoadOutcome[]): Promise<void> {
  await sql`update market.load_runs l set ${added}
    from jsonb_to_recordset(${jsonOf(outcomes)}::jsonb)
      as o("loadId" bigint, records int, changed int, settled int, status text, error jsonb)
    where l.id = o."loadId" and ${isOpen}`.execute(db);
}

async function recordAlike(db: Database, alike: readonly LoadOutcome[]): Promise<void> {
  const [first] = alike;
  if (first === undefined) return;
  const { records, changed, settled, status, error } = first;
  const ids = alike.map(({ loadId }) => loadId);
  await sql`update market.load_runs l set ${added}
    from (select ${records}::int as records, ${changed}::int as changed, ${settled}::int as settled,
      ${status}::text as status, ${jsonOf(error)}::jsonb as error) o
    where l.id = any(${ids}::bigint[]) and ${isOpen}`.execute(db);
}
