import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';

/** Loads of a run that ended alike. */
interface AlikeLoads {
  readonly source: string;
  readonly interval: string;
  readonly status: string;
  /** Null: nothing was wrong. */
  readonly errorKind: string | null;
  readonly number: number;
}

/** How a run and its loads ended. */
interface RunEnding {
  readonly flow: string;
  readonly status: string;
  readonly lastSession: SessionDate;
  readonly loads: readonly AlikeLoads[];
}

/** What the ledger says of a run's end; null where it does not know the run. */
export async function endOfRun(db: Database, runId: string): Promise<RunEnding | null> {
  const run = await db
    .selectFrom('market.runs')
    .select(['flow', 'status', 'sessions'])
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (run === undefined) return null;
  const loads = await db
    .selectFrom('market.load_runs')
    .select(({ fn }) => [
      ...(['data_source as source', 'interval', 'status', 'error_kind as errorKind'] as const),
      fn.countAll<number>().as('number'),
    ])
    .where('run_id', '=', runId)
    .groupBy(['data_source', 'interval', 'status', 'error_kind'])
    .execute();
  const { flow, status, sessions } = run;
  return { flow, status, lastSession: sessions.range.to, loads };
}
