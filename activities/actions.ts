import { Context } from '@temporalio/activity';
import { addDays, type DateRange } from '../src/domain/date-range.ts';
import { exchangeDate } from '../src/domain/exchange-time.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { ProviderError } from '../src/domain/provider-errors.ts';
import type { ActionList, ActionPage } from '../src/providers/provider.ts';
import {
  actionsSynced,
  instrumentsToJudge,
  noteActionsSynced,
  writeActions,
  type IncomingAction,
} from '../src/store/corporate-actions.ts';
import { firstStoredSession } from '../src/store/daily-bars.ts';
import type { Store } from '../src/store/database.ts';
import { instrumentsUnder } from '../src/store/instruments.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { countRequests } from '../src/store/runs.ts';
import { transaction } from '../src/store/transaction.ts';
import { attempt, loadErrorOf } from '../src/pipelines/sources/attempt.ts';
import type { IngestionRequest, IngestionRun } from '../src/runs/ingestion-request.ts';
import { BudgetFar } from '../src/pipelines/sources/provider-budget.ts';
import { reconcile } from '../src/pipelines/actions/reconcile.ts';
import { refetchesDue, type Refetch } from '../src/pipelines/actions/refetch.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';

export type { Refetch } from '../src/pipelines/actions/refetch.ts';

/** What is announced for so many days is synchronised as well. */
const daysAhead = 7;
/** Corrections come late: so many days are read again each time. */
const daysAgain = 30;
/** That a source lacks an action shows only after some days. */
const daysJudgedAgain = 14;
/** A worker's place is not held longer than that for the next free slot. */
const patienceMs = 60_000;

/** Where reading the market's corporate actions stands. */
export interface ActionCursor {
  readonly list: ActionList;
  readonly range: DateRange;
  readonly next: string | null;
  /** Pages read so far. */
  readonly pages: number;
}

/** How far one piece of reading came. */
export interface ActionsRead {
  /** Where to go on; null at the end. */
  readonly cursor: ActionCursor | null;
  /** Set when the provider's next free slot is that far off. */
  readonly resumeInMs: number | null;
  /** Why nothing more is read today. */
  readonly failed: string | null;
}

/** No market has had so many: a list that goes on is a loop. */
const mostPages = 2_000;

export function createActionActivities({
  store,
  sources,
}: {
  readonly store: Store;
  readonly sources: Sources;
}) {
  /** The source of a run, as far as it lists the market's actions. */
  const listing = ({ request: { source } }: IngestionRun) => sources[source].actions;

  async function keep({ runId, request: { source } }: IngestionRun, page: ActionPage): Promise<void> {
    const ids = await instrumentsUnder(
      store.db,
      page.actions.map(({ symbol, action: { exDate } }) => ({ symbol, date: exDate })),
    );
    const { observedAt } = page;
    const incoming = page.actions.flatMap(({ symbol, action }): readonly IncomingAction[] => {
      const instrumentId = ids.get(symbol);
      return instrumentId === undefined ? [] : [{ ...action, instrumentId, observedAt }];
    });
    await transaction(store, (tx) => writeActions(tx, { source, runId }, incoming));
  }

  return {
    /** Where to begin with what is new of the market's splits and dividends; null when that was read today. */
    async planActions(run: IngestionRun): Promise<ActionCursor | null> {
      const range = listing(run) === null ? null : await rangeDue(store, run.request);
      return range === null ? null : { list: 'splits', range, next: null, pages: 0 };
    },

    /** Reads pages until the end, or until the provider's next free slot is far. What is read is kept at once. */
    async readActionPages(run: IngestionRun, from: ActionCursor): Promise<ActionsRead> {
      const { cancellationSignal: signal } = Context.current();
      const market = listing(run);
      let cursor: ActionCursor | null = from;
      while (market !== null && cursor !== null) {
        if (cursor.pages >= mostPages)
          return { cursor: null, resumeInMs: null, failed: 'the pages never end' };
        const at: ActionCursor = cursor;
        try {
          const page = await attempt(() => market.listActions(at, { signal, patienceMs }));
          await countRequests(store.db, run.runId, { lookups: 1 });
          if (page instanceof ProviderError) {
            const message = `corporate actions could not be read: ${page.message}`;
            await addRunEvents(store.db, run.runId, [{ level: 'warn', message, data: loadErrorOf(page) }]);
            return { cursor: null, resumeInMs: null, failed: page.name };
          }
          await keep(run, page);
          cursor = following(at, page.next);
        } catch (error) {
          if (!(error instanceof BudgetFar)) throw error;
          return { cursor: at, resumeInMs: error.resumeInMs, failed: null };
        }
      }
      return { cursor: null, resumeInMs: null, failed: null };
    },

    /** Decides what counts of what was read; says which series a split has made stale. */
    async judgeActionRecords(
      { runId, request }: IngestionRun,
      { range, complete }: { readonly range: DateRange | null; readonly complete: boolean },
    ): Promise<readonly Refetch[]> {
      const { source, nominalTime } = request;
      const recent = addDays(exchangeDate(Date.parse(nominalTime)), -daysJudgedAgain);
      const ids = await instrumentsToJudge(store.db, recent);
      if (range !== null && complete) await noteActionsSynced(store.db, source, range, nominalTime);
      await reconcile(store.db, { runId, asOf: nominalTime }, ids);
      const message = `corporate actions of ${ids.length} instruments judged`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      return refetchesDue(store.db, nominalTime);
    },

    /** The series of adjusted prices that a split has made stale, each as a run to be made. */
    async findStaleSeries({ request }: IngestionRun): Promise<readonly Refetch[]> {
      return refetchesDue(store.db, request.nominalTime);
    },
  };
}

export type ActionActivities = ReturnType<typeof createActionActivities>;

function following(at: ActionCursor, next: string | null): ActionCursor | null {
  const pages = at.pages + 1;
  if (next !== null) return { ...at, pages, next };
  return at.list === 'splits' ? { ...at, pages, list: 'dividends', next: null } : null;
}

/**
 * From the first stored bar at first, later from a while before the last time; up to what is announced. Null when that
 * has been read on the same day already.
 */
async function rangeDue({ db }: Store, { source, nominalTime }: IngestionRequest): Promise<DateRange | null> {
  const today = exchangeDate(Date.parse(nominalTime));
  const to = addDays(today, daysAhead);
  const first: SessionDate = (await firstStoredSession(db)) ?? today;
  const synced = await actionsSynced(db, source);
  if (synced === null || first < synced.from) return { from: first, to };
  if (exchangeDate(Date.parse(synced.completedAt)) >= today) return null;
  return { from: addDays(synced.to < today ? synced.to : today, -daysAgain), to };
}
