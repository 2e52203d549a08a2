import type { SourceName } from '../domain/source.ts';
import type { TickerTerm } from '../domain/ticker-term.ts';
import { putRight } from '../pipelines/identity/put-right.ts';
import type { Store } from '../store/database.ts';
import { transaction, type Transaction } from '../store/transaction.ts';

/** What a person's word on tickers came to. */
export interface SettledTickers {
  readonly terms: readonly TickerTerm[];
  /** Stored rows that are another instrument's by it, and lie there now. */
  readonly moved: number;
}

/** Changes who bore which ticker when at the word of a person, and moves what is stored to where it belongs by it. */
export async function settleTickers(
  store: Store,
  vocabulary: SourceName,
  change: (tx: Transaction) => Promise<readonly TickerTerm[]>,
): Promise<SettledTickers> {
  const terms = await transaction(store, change);
  const { moved } = await putRight({ store, vocabulary, now: () => new Date() }, null);
  return { terms, moved };
}
