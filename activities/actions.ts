import type { FollowingRun } from '../src/flows/following-run.ts';
import { judgeUnsettled, type ListsRead } from '../src/pipelines/actions/judge-unsettled.ts';
import { rangesDue } from '../src/pipelines/actions/range-due.ts';
import {
  firstPage,
  readPages,
  readToTheEnd,
  type ActionCursor,
  type ActionsRead,
} from '../src/pipelines/actions/read-pages.ts';
import { refetchesDue } from '../src/pipelines/actions/refetch.ts';
import { enterTurn, keptWhile, leaveTurn } from '../src/pipelines/sharing/in-turn.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { ActionsRun } from '../src/runs/run.ts';
import type { Store } from '../src/store/database.ts';
import { endTurn } from '../src/store/turns.ts';
import { caller } from './caller.ts';

export type { ActionCursor } from '../src/pipelines/actions/read-pages.ts';
export type { FollowingRun } from '../src/flows/following-run.ts';

export interface ActionDeps {
  readonly store: Store;
  readonly sources: Sources;
}

export function createActionActivities({ store, sources }: ActionDeps) {
  return {
    /** Where to begin with what is new of the market's splits and dividends; null when that was read today. */
    async planActions(run: ActionsRun): Promise<ActionCursor | null> {
      const { request } = run;
      if (sources[request.source].actions === null) return null;
      await enterTurn(store.db, turnOf(run));
      const ranges = await rangesDue(store.db, request);
      if (ranges !== null) return firstPage(ranges);
      await endTurn(store.db, turnOf(run), { done: false });
      return null;
    },

    /** Reads pages until the end, or until the provider's next free slot is far. What is read is kept at once. */
    async readActionPages(run: ActionsRun, from: ActionCursor): Promise<ActionsRead> {
      const { actions } = sources[run.request.source];
      if (actions === null) return readToTheEnd;
      await enterTurn(store.db, turnOf(run));
      const read = () => readPages({ store, actions, ...caller() }, run, from);
      const outcome = await keptWhile(store.db, turnOf(run), read);
      await leaveTurn(store.db, turnOf(run), outcome.resumeInMs ?? 0);
      return outcome;
    },

    /** Decides what counts of what was read; says which series a split has made stale. */
    async judgeActionRecords(run: ActionsRun, read: ListsRead): Promise<readonly FollowingRun[]> {
      await judgeUnsettled(store, run, read);
      await endTurn(store.db, turnOf(run), { done: false });
      return refetchesDue(store.db, run.request.nominalTime);
    },

    /** The series of adjusted prices that a split has made stale, each as a run to be made. */
    async findStaleSeries({ request }: IngestionRun): Promise<readonly FollowingRun[]> {
      return refetchesDue(store.db, request.nominalTime);
    },
  };
}

/** A market's actions are read by one run at a time: what it has read is not due for the next. */
function turnOf({ runId, request: { source } }: ActionsRun) {
  return { name: `corporate actions of ${source}`, holder: runId, lane: caller().lane };
}

export type ActionActivities = ReturnType<typeof createActionActivities>;
