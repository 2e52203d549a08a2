import { addDays } from '../src/domain/date-range.ts';
import type { DateRange } from '../src/domain/date-range.ts';
import { exchangeDate } from '../src/domain/exchange-time.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { BrokenPaging, ProviderError } from '../src/providers/errors.ts';
import type { ActionList, BarProvider } from '../src/providers/provider.ts';
import {
  actionsSynced,
  instrumentsToJudge,
  noteActionsSynced,
  type IncomingAction,
} from '../src/store/corporate-actions.ts';
import { firstStoredSession } from '../src/store/daily-bars.ts';
import type { Store } from '../src/store/database.ts';
import { instrumentsUnder } from '../src/store/instruments.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { countRequests } from '../src/store/runs.ts';
import { attempt, loadErrorOf } from './failures.ts';
import { withHeartbeats } from './heartbeats.ts';
import type { IngestionRequest, IngestionRun } from './ingestion-run.ts';
import { learnActions, reconcile } from './reconcile.ts';
import { refetchesDue, type Refetch } from './refetch.ts';
import type { Sources } from './sources.ts';

/** What is announced for so many days is synchronised as well. */
const daysAhead = 7;
/** Corrections come late: so many days are read again each time. */
const daysAgain = 30;
const mostPages = 1_000;
/** That a source lacks an action shows only after some days. */
const daysJudgedAgain = 14;

export interface ActionsSync {
  readonly actions: number;
  readonly instrumentsChanged: number;
  readonly refetches: readonly Refetch[];
}

export function createActionActivities({
  store,
  sources,
}: {
  readonly store: Store;
  readonly sources: Sources;
}) {
  const market = sources.polygon.market;

  return {
    /**
     * Reads what is new of the market's splits and dividends, and what is announced; says which series a split has made
     * stale. A provider that fails is noted: what is known serves on, and the next run asks again.
     */
    async syncActions({ runId, request }: IngestionRun): Promise<ActionsSync> {
      const refetches = () => refetchesDue(store.db, request.nominalTime);
      const range = await rangeDue(store, request);
      if (market === null || range === null)
        return { actions: 0, instrumentsChanged: 0, refetches: await refetches() };
      return withHeartbeats(async (signal) => {
        const recent = addDays(exchangeDate(Date.parse(request.nominalTime)), -daysJudgedAgain);
        const changed = new Set<number>(await instrumentsToJudge(store.db, recent));
        let actions = 0;
        let failed: ProviderError | null = null;
        for (const list of ['splits', 'dividends'] as const) {
          const outcome = await attempt(() => readList(market, { runId, list, range }, signal, changed));
          if (outcome instanceof ProviderError) failed = outcome;
          else actions += outcome;
        }
        await reconcile(store.db, { runId, asOf: request.nominalTime }, [...changed]);
        if (failed === null) await noteActionsSynced(store.db, market.name, range, request.nominalTime);
        await addRunEvents(store.pool, runId, [
          failed === null
            ? {
                level: 'info',
                message: `${actions} corporate actions from ${range.from} to ${range.to} read`,
              }
            : {
                level: 'warn',
                message: `corporate actions could not be read: ${failed.message}`,
                data: loadErrorOf(failed),
              },
        ]);
        return {
          actions,
          instrumentsChanged: changed.size,
          refetches: await refetches(),
        };
      });
    },

    /** The series of adjusted prices that a split has made stale, each as a run to be made. */
    async findStaleSeries({ request }: IngestionRun): Promise<readonly Refetch[]> {
      return refetchesDue(store.db, request.nominalTime);
    },
  };

  async function readList(
    provider: BarProvider,
    { runId, list, range }: { readonly runId: string; readonly list: ActionList; readonly range: DateRange },
    signal: AbortSignal,
    changed: Set<number>,
  ): Promise<number> {
    let [next, read, lookups]: [string | null, number, number] = [null, 0, 0];
    const seen = new Set<string | null>();
    try {
      do {
        if (seen.has(next) || seen.size >= mostPages)
          throw new BrokenPaging(`page ${seen.size + 1} is one too many`);
        seen.add(next);
        const page = await provider.listActions(
          { list, range, next },
          { signal, onRequest: () => (lookups += 1) },
        );
        const ids = await instrumentsUnder(
          store.db,
          page.actions.map(({ symbol, action: { exDate } }) => ({ symbol, date: exDate })),
        );
        const incoming = page.actions.flatMap(
          ({ symbol, action }): IncomingAction | readonly IncomingAction[] => {
            const instrumentId = ids.get(symbol);
            return instrumentId === undefined ? [] : { ...action, instrumentId, observedAt: page.observedAt };
          },
        );
        for (const id of await learnActions(store, { source: provider.name, runId }, incoming))
          changed.add(id);
        read += incoming.length;
        next = page.next;
      } while (next !== null);
    } finally {
      await countRequests(store.db, runId, { lookups });
    }
    return read;
  }
}

export type ActionActivities = ReturnType<typeof createActionActivities>;

/**
 * From the first stored bar at first, later from a while before the last time; up to what is announced. Null when that
 * has been read on the same day already.
 */
async function rangeDue({ db }: Store, { nominalTime }: IngestionRequest): Promise<DateRange | null> {
  const today = exchangeDate(Date.parse(nominalTime));
  const to = addDays(today, daysAhead);
  const first: SessionDate = (await firstStoredSession(db)) ?? today;
  const synced = await actionsSynced(db, 'polygon');
  if (synced === null || first < synced.from) return { from: first, to };
  if (exchangeDate(Date.parse(synced.completedAt)) >= today) return null;
  return { from: addDays(synced.to < today ? synced.to : today, -daysAgain), to };
}
