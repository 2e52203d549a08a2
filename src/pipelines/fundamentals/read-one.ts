import { ProviderError } from '../../domain/provider-errors.ts';
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
import { inquire, type Inquiry } from '../sources/inquiry.ts';
import { keepRecords } from '../evidence/keep-records.ts';

export interface ReadingDeps extends Caller {
  readonly store: Store;
  readonly provider: FundamentalsProvider;
  readonly runId: string;
}

/** What one reading brought. */
export interface ReadOutcome {
  /** Records that are new. */
  readonly changed: number;
}

/** Reads something of one instrument and keeps it; a provider's error becomes a value. */
export const readOne: Readonly<
  Record<Reading, (deps: ReadingDeps, due: ReadingDue) => Promise<ReadOutcome | ProviderError>>
> = {
  async fundamentals({ store, provider, runId, ...caller }, { instrumentId, symbol }) {
    const inquiry = inquiryOf({ store, provider, runId, ...caller });
    const told = await inquire(inquiry, (options) => provider.fundamentals(symbol, options));
    if (told instanceof ProviderError) return told;
    const { statements, rejected, observedAt } = told;
    const origin = { instrumentId, source: provider.name, runId, observedAt };
    const changed = await transaction(store, async (tx) => {
      await noteRead(tx, origin, 'fundamentals');
      await keepRecords(tx, origin, {
        rejected: rejected.map((record) => ({ ...record, symbol, instrumentId })),
        observedAt,
      });
      return writeFundamentals(tx, origin, statements);
    });
    return { changed };
  },

  async key_statistics({ store, provider, runId, ...caller }, { instrumentId, symbol }) {
    const inquiry = inquiryOf({ store, provider, runId, ...caller });
    const told = await inquire(inquiry, (options) => provider.keyStatistics(symbol, options));
    if (told instanceof ProviderError) return told;
    const { modules, observedAt } = told;
    const origin = { instrumentId, source: provider.name, runId, observedAt };
    await transaction(store, async (tx) => {
      await noteRead(tx, origin, 'key_statistics');
      await writeKeyStatistics(tx, origin, modules);
    });
    return { changed: 1 };
  },
};

function inquiryOf({ store: { db }, provider, runId, signal, lane }: ReadingDeps): Inquiry {
  return { db, source: provider.name, runId, counts: 'lookups', signal, lane };
}
