import { sql } from 'kysely';
import type { Store } from './database.ts';
import { transaction, type Transaction } from './transaction.ts';

/** A firing of a schedule whose time has passed long ago, and who carries it. */
export interface LateFiring {
  readonly flow: string;
  /** Those of its schedule, JSON, its time left out. */
  readonly parameters: object;
  /** ISO 8601. */
  readonly nominalTime: string;
  /** The run id of the workflow that started for it. */
  readonly launcher: string;
  /** It is for a run beside its own as well. */
  readonly beside: boolean;
}

/** Late firings that one run is for, the newest of them among them. */
export interface JoinedFirings {
  /** The times of the first and the last of them, ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  readonly beside: boolean;
}

/** What became of a late firing so far: others may still come, it is the newest of them all, or it has gone with that. */
export type LateFate =
  | { readonly state: 'waits'; readonly askAgainInMs: number }
  | { readonly state: 'newest'; readonly joined: JoinedFirings }
  | { readonly state: 'joined'; readonly run: string };

/** So long nobody new has come: then all are there that the outage has kept. */
const quietMs = 4_000;
/** A firing whose carrier has not been seen for so long has no carrier any more. */
const silenceMs = 90_000;
/** Who comes so long after the others were brought together still goes with them. */
const stragglerMs = 60_000;
/** Of hundreds that wait for the newest of them none asks often: this long after it for each of them, up to half a minute. */
const [turnMs, longestTurnMs] = [20, 30_000];
const keptDays = 30;

/**
 * Enters a late firing, and says what becomes of it. `runOf` is asked once all are there, by the newest: the workflow id
 * that it names is the run for all of them.
 */
export async function settleLateFiring(
  store: Store,
  firing: LateFiring,
  runOf: (joined: JoinedFirings) => string,
): Promise<LateFate> {
  return transaction(store, async (tx) => {
    const settled = await enter(tx, firing);
    if (settled !== null) return settled;
    // Who decides for others meanwhile needs no second one that waits with a connection in its hand.
    const { rows: lock } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`late firings ${firing.flow}`}, 0)) as free`.execute(
      tx,
    );
    if (lock[0]?.free !== true) return { state: 'waits', askAgainInMs: 1_000 };
    const begun = await runOfOthers(tx, firing);
    if (begun === null) return decide(tx, firing, runOf);
    await sql`update market.late_firings set run = ${begun} where launcher = ${firing.launcher}`.execute(tx);
    return { state: 'joined', run: begun };
  });
}

/** What was decided for it before; null: nothing yet. */
async function enter(tx: Transaction, firing: LateFiring): Promise<LateFate | null> {
  const { launcher, flow, parameters, nominalTime, beside } = firing;
  await sql`delete from market.late_firings
    where entered_at < clock_timestamp() - make_interval(days => ${keptDays}::int)`.execute(tx);
  const { rows } = await sql<{ run: string | null; joined: JoinedFirings | null }>`
    insert into market.late_firings (launcher, flow, parameters, nominal_time, beside)
    values (${launcher}, ${flow}, ${JSON.stringify(parameters)}::jsonb, ${nominalTime}, ${beside})
    on conflict (launcher) do update set seen_at = clock_timestamp() returning run, joined`.execute(tx);
  const { run = null, joined = null } = rows[0] ?? {};
  if (joined !== null) return { state: 'newest', joined };
  return run === null ? null : { state: 'joined', run };
}

/** Those that no run is for yet: brought together by the newest of them, once nobody new comes. */
async function decide(
  tx: Transaction,
  { flow, parameters, launcher }: LateFiring,
  runOf: (joined: JoinedFirings) => string,
): Promise<LateFate> {
  const open = sql`flow = ${flow} and parameters = ${JSON.stringify(parameters)}::jsonb and run is null
    and seen_at > clock_timestamp() - ${silenceMs} * interval '1 ms'`;
  const { rows } = await sql<JoinedFirings & { launcher: string; count: number; quietInMs: number }>`
    select (array_agg(launcher order by nominal_time desc, launcher desc))[1] as launcher, count(*)::int as count,
      to_json(min(nominal_time) at time zone 'UTC') #>> '{}' || 'Z' as oldest,
      to_json(max(nominal_time) at time zone 'UTC') #>> '{}' || 'Z' as newest, bool_or(beside) as beside,
      greatest(0, ${quietMs}::float8 - extract(epoch from clock_timestamp() - max(entered_at))::float8 * 1000) as "quietInMs"
    from market.late_firings where ${open}`.execute(tx);
  const [all] = rows;
  if (all === undefined) throw new Error('a late firing was not entered');
  const isNewest = all.launcher === launcher;
  if (!isNewest || all.quietInMs > 0) {
    const turn = isNewest ? 100 : Math.min(1_000 + turnMs * all.count, longestTurnMs);
    return { state: 'waits', askAgainInMs: Math.ceil(all.quietInMs) + turn };
  }
  const joined = { oldest: iso(all.oldest), newest: iso(all.newest), beside: all.beside };
  await sql`update market.late_firings set run = ${runOf(joined)}, decided_at = clock_timestamp(),
    joined = case when launcher = ${launcher} then ${JSON.stringify(joined)}::jsonb end where ${open}`.execute(
    tx,
  );
  return { state: 'newest', joined };
}

/** The run that others of its schedule have begun just now, where its time lies between theirs; null: there is none. */
async function runOfOthers(
  tx: Transaction,
  { flow, parameters, nominalTime }: LateFiring,
): Promise<string | null> {
  const { rows } = await sql<{ run: string }>`
    select run from market.late_firings firing
    where flow = ${flow} and parameters = ${JSON.stringify(parameters)}::jsonb
      and joined is not null and decided_at > clock_timestamp() - ${stragglerMs} * interval '1 ms'
      and ${nominalTime}::timestamptz between (joined ->> 'oldest')::timestamptz and (joined ->> 'newest')::timestamptz
      and not exists (select from market.runs ended
        where ended.workflow_id = firing.run and ended.closed_at is not null and ended.status <> 'completed')
    order by decided_at desc limit 1`.execute(tx);
  return rows[0]?.run ?? null;
}

function iso(instant: string): string {
  return new Date(instant).toISOString();
}
