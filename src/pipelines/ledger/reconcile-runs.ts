import type { Store } from '../../store/database.ts';
import { openRuns, type Namespace, type OpenRun } from '../../store/open-runs.ts';
import type { EndedRunStatus } from '../../store/schema.ts';
import { inLanes } from '../../domain/in-lanes.ts';
import { madeStep } from '../../progress.ts';
import { giveUpRun } from '../closing/end-run.ts';

/** How a run has ended where it ran. */
interface Fate {
  readonly status: EndedRunStatus;
  readonly message: string;
}

export interface ReconcileDeps {
  readonly store: Store;
  /** The one that is asked: what runs in another has an end of its own. */
  readonly namespace: Namespace;
  /** How a run has ended; null: it goes on. Throws where nobody knows. */
  readonly fateOf: (run: OpenRun) => Promise<Fate | null>;
  /** Hears of a run that nothing could be learnt of. */
  readonly onUnknown: (run: OpenRun, error: unknown) => void;
}

/** Runs that still go on, as far as one can know, and those that were closed. */
export interface EndsFound {
  readonly open: number;
  readonly closed: readonly string[];
}

const atOnce = 8;

const deserted: Fate = {
  status: 'terminated',
  message:
    'the Temporal server that it ran on is gone, with its data or its workers: this one does not know it',
};

/** Closes the runs of the ledger that have ended elsewhere; of one that cannot be asked about nothing is said. */
export async function reconcileRuns(deps: ReconcileDeps): Promise<EndsFound> {
  const { store, namespace, fateOf, onUnknown } = deps;
  const open = await openRuns(store.db, namespace);
  const closed: string[] = [];
  await inLanes(open, atOnce, async (run) => {
    if (run.server === 'another') return;
    const asked = run.server === 'deserted' ? Promise.resolve(deserted) : fateOf(run);
    const fate = await asked.catch((error: unknown) => {
      onUnknown(run, error);
      return null;
    });
    madeStep();
    if (fate === null) return;
    await closeAs(store, run.runId, fate);
    closed.push(run.workflowId);
  });
  return { open: open.length - closed.length, closed: closed.sort() };
}

async function closeAs(store: Store, runId: string, { status, message }: Fate): Promise<void> {
  const kind = status === 'terminated' ? 'Terminated' : 'EndedUntold';
  await giveUpRun(store, runId, { status, error: { kind, message } });
}
