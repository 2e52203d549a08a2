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
  | { readonly state: 'waits' }
  | { readonly state: 'newest'; readonly joined: JoinedFirings }
  | { readonly state: 'joined'; readonly run: string };

/** So long nobody new has come: then all are there that the outage has kept. */
const quietMs = 4_000;
/** A firing whose carrier has not been seen for so long has no carrier any more. */
const silenceMs = 60_000;
/** Who comes so long after the others were brought together still goes with them. */
const stragglerMs = 60_000;
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
    const { flow, launcher } = firing;
    const parameters = JSON.stringify(firing.parameters);
    await sql`delete from market.late_firings
      where entered_at < clock_timestamp() - make_interval(days => ${keptDays}::int)`.execute(tx);
    const { rows: own } = await sql<{ run: string | null; joined: JoinedFirings | null }>`
      insert into market.late_firings (launcher, flow, parameters, nominal_time, beside)
      values (${launcher}, ${flow}, ${parameters}::jsonb, ${firing.nominalTime}, ${firing.beside})
      on conflict (launcher) do update set seen_at = clock_timestamp() returning run, joined`.execute(tx);
    const mine = own[0];
    if (mine?.joined) return { state: 'newest', joined: mine.joined };
    if (mine?.run) return { state: 'joined', run: mine.run };
    // Who decides for others meanwhile needs no second one that waits with a connection in its hand.
    const { rows: lock } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended(${`late firings ${flow}`}, 0)) as free`.execute(tx);
    if (lock[0]?.free !== true) return { state: 'waits' };
    const begun = await runOfOthers(tx, firing);
    if (begun !== null) {
      await sql`update market.late_firings set run = ${begun} where launcher = ${launcher}`.execute(tx);
      return { state: 'joined', run: begun };
    }
    const open = sql`flow = ${flow} and parameters = ${parameters}::jsonb and run is null
      and seen_at > clock_timestamp() - ${silenceMs} * interval '1 ms'`;
    const { rows } = await sql<JoinedFirings & { launcher: string; quiet: boolean }>`
      select (array_agg(launcher order by nominal_time desc, launcher desc))[1] as launcher,
        to_json(min(nominal_time) at time zone 'UTC') #>> '{}' || 'Z' as oldest,
        to_json(max(nominal_time) at time zone 'UTC') #>> '{}' || 'Z' as newest, bool_or(beside) as beside,
        max(entered_at) < clock_timestamp() - ${quietMs} * interval '1 ms' as quiet
      from market.late_firings where ${open}`.execute(tx);
    const all = rows[0];
    if (all === undefined || !all.quiet || all.launcher !== launcher) return { state: 'waits' };
    const joined = { oldest: iso(all.oldest), newest: iso(all.newest), beside: all.beside };
    const run = runOf(joined);
    await sql`update market.late_firings set run = ${run}, decided_at = clock_timestamp() where ${open}`.execute(
      tx,
    );
    await sql`update market.late_firings set joined = ${JSON.stringify(joined)}::jsonb
      where launcher = ${launcher}`.execute(tx);
    return { state: 'newest', joined };
  });
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
