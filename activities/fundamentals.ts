import { Context } from '@temporalio/activity';
import { ProviderError, RateLimited, Unauthorized } from '../src/domain/provider-errors.ts';
import type { FundamentalsProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';
import {
  noteRead,
  readingsDue,
  writeFundamentals,
  writeKeyStatistics,
  type Reading,
  type ReadingDue,
} from '../src/store/fundamentals.ts';
import { addRunEvents, type RunEvent } from '../src/store/run-events.ts';
import { countRequests } from '../src/store/runs.ts';
import { transaction } from '../src/store/transaction.ts';
import { attempt, loadErrorOf } from '../src/pipelines/sources/attempt.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';

export function createFundamentalsActivities({
  store,
  sources,
}: {
  readonly store: Store;
  readonly sources: Sources;
}) {
  async function read(
    provider: FundamentalsProvider,
    what: Reading,
    { instrumentId, symbol }: ReadingDue,
    runId: string,
    signal: AbortSignal,
  ) {
    const options = { signal, onRequest: () => undefined };
    const origin = { instrumentId, source: provider.name, runId };
    if (what === 'fundamentals') {
      const { statements, requests, observedAt } = await provider.fundamentals(symbol, options);
      const changed = await transaction(store, async (tx) => {
        await noteRead(tx, { ...origin, observedAt }, what);
        return writeFundamentals(tx, { ...origin, observedAt }, statements);
      });
      return { changed, requests };
    }
    const { modules, requests, observedAt } = await provider.keyStatistics(symbol, options);
    await transaction(store, async (tx) => {
      await noteRead(tx, { ...origin, observedAt }, what);
      await writeKeyStatistics(tx, { ...origin, observedAt }, modules);
    });
    return { changed: 1, requests };
  }

  return {
    /**
     * Reads statements or key statistics of the symbols of a run, each at most once a day. One symbol's failure is in the
     * run's events and stops no other; a refusal for all of them ends it: the next run takes it up.
     */
    async loadFundamentals({ runId, request }: IngestionRun, what: Reading): Promise<void> {
      const { cancellationSignal: signal } = Context.current();
      const { fundamentals: provider } = sources[request.source];
      if (provider === null) throw new Error(`${request.source} has no ${what}`);
      const due = await readingsDue(store.db, {
        runId,
        source: provider.name,
        what,
        at: request.nominalTime,
      });
      const events: RunEvent[] = [];
      let [changed, lookups] = [0, 0];
      for (const one of due) {
        const outcome = await attempt(() => read(provider, what, one, runId, signal));
        if (!(outcome instanceof ProviderError)) {
          changed += outcome.changed;
          lookups += outcome.requests;
          continue;
        }
        const message = `${what} could not be read: ${outcome.message}`;
        events.push({ level: 'warn', symbol: one.symbol, message, data: loadErrorOf(outcome) });
        if (outcome instanceof RateLimited || outcome instanceof Unauthorized) break;
      }
      await countRequests(store.db, runId, { lookups });
      const message = `${what} of ${due.length} symbols read, ${events.length} failed, ${changed} changed`;
      await addRunEvents(store.db, runId, [...events, { level: 'info', message }]);
    },
  };
}

export type FundamentalsActivities = ReturnType<typeof createFundamentalsActivities>;
