import type { Caller, FundamentalsProvider } from '../../providers/provider.ts';
import type { Store } from '../../store/database.ts';
import {
  noteRead,
  writeFundamentals,
  writeKeyStatistics,
  type Reading,
  type ReadingDue,
} from '../../store/fundamentals.ts';
import { transaction } from '../../store/transaction.ts';
import { watchClock } from '../sources/wrong-clock.ts';
import { keepRecords } from '../evidence/keep-records.ts';

export interface ReadingDeps extends Caller {
  readonly store: Store;
  readonly provider: FundamentalsProvider;
  readonly runId: string;
}

/** What one reading brought, and the HTTP requests that it took. */
export interface ReadOutcome {
  /** Records that are new. */
  readonly changed: number;
  readonly requests: number;
}

/** Reads something of one instrument and keeps it; throws a `ProviderError`. */
export const readOne: Readonly<
  Record<Reading, (deps: ReadingDeps, due: ReadingDue) => Promise<ReadOutcome>>
> = {
  async fundamentals({ store, provider, runId, signal, lane }, { instrumentId, symbol }) {
    const clock = watchClock(provider.name);
    const { onWrongClock } = clock;
    const options = { signal, lane, onWrongClock };
    const { statements, rejected, requests, observedAt } = await provider.fundamentals(symbol, options);
    await clock.tell(store.db, runId);
    const origin = { instrumentId, source: provider.name, runId, observedAt };
    const changed = await transaction(store, async (tx) => {
      await noteRead(tx, origin, 'fundamentals');
      await keepRecords(tx, origin, {
        rejected: rejected.map((record) => ({ ...record, symbol, instrumentId })),
        observedAt,
      });
      return writeFundamentals(tx, origin, statements);
    });
    return { changed, requests };
  },

  async key_statistics({ store, provider, runId, signal, lane }, { instrumentId, symbol }) {
    const clock = watchClock(provider.name);
    const { onWrongClock } = clock;
    const options = { signal, lane, onWrongClock };
    const { modules, requests, observedAt } = await provider.keyStatistics(symbol, options);
    await clock.tell(store.db, runId);
    const origin = { instrumentId, source: provider.name, runId, observedAt };
    await transaction(store, async (tx) => {
      await noteRead(tx, origin, 'key_statistics');
      await writeKeyStatistics(tx, origin, modules);
    });
    return { changed: 1, requests };
  },
};
