import type { Database } from '../../store/database.ts';
import { openRuns, type Namespace, type OpenRun } from '../../store/open-runs.ts';
import { addRunEvents, countRunEvents } from '../../store/run-events.ts';

export interface MisfitDeps {
  readonly db: Database;
  readonly namespace: Namespace;
  /** Why the workers' code does not fit what a run has done so far; null: it does. */
  readonly misfitOf: (run: OpenRun) => Promise<string | null>;
  readonly beginAnew: (run: OpenRun, reason: string) => Promise<void>;
  /** Hears of a run that could not be asked about, or begun anew. */
  readonly onUnknown: (run: OpenRun, error: unknown) => void;
}

const kind = 'BegunAnew';
/** One that does not fit even then is left for people. */
const mostTimes = 2;

/**
 * Lets the runs begin anew whose history the workers' code does not fit, as after a release that was rolled back: they go
 * on with what is stored. Returns their workflow ids.
 */
export async function beginMisfitsAnew(deps: MisfitDeps): Promise<readonly string[]> {
  const { db, namespace, onUnknown } = deps;
  const begun: string[] = [];
  for (const run of await openRuns(db, namespace)) {
    try {
      if (run.server === 'ours' && (await beginIfMisfit(deps, run))) begun.push(run.workflowId);
    } catch (error) {
      onUnknown(run, error);
    }
  }
  return begun;
}

async function beginIfMisfit({ db, misfitOf, beginAnew }: MisfitDeps, run: OpenRun): Promise<boolean> {
  const cause = await misfitOf(run);
  if (cause === null || (await countRunEvents(db, run.runId, kind)) >= mostTimes) return false;
  const message = `the workers' release does not fit what this run has done so far: it begins anew with what is stored (${cause})`;
  await beginAnew(run, 'the workers are of another release');
  await addRunEvents(db, run.runId, [{ level: 'warn', message, data: { kind } }]);
  return true;
}
