import { referenceLists } from '../src/domain/instrument.ts';
import { sourcesWith } from '../src/domain/source.ts';
import { checkedArguments } from '../src/flows/input.ts';
import { listsWish } from '../src/flows/other-workflows.ts';
import type { SyncOutcome } from '../activities/reference.ts';
import { readListOf } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';

/** Reads the lists of instruments of every source that has them, delisted ones included; or those that are wished. */
export const syncUniverse = endsOnErrors(async (...args: unknown[]): Promise<SyncOutcome> => {
  const wish = inputOrFailure(() => checkedArguments('syncUniverse', listsWish, args));
  const { source: wished, lists = referenceLists } = wish;
  const sources = wished === undefined ? sourcesWith(({ reference }) => reference) : [wished];
  const outcome = { instruments: 0, added: 0, retired: 0 };
  for (const source of sources) {
    for (const list of lists) {
      const { instruments, added, retired } = await readListOf(list, source, null);
      outcome.instruments += instruments;
      outcome.added += added;
      outcome.retired += retired;
    }
  }
  showDetails(`done: ${outcome.instruments} instruments, ${outcome.added} of them new`);
  return outcome;
});
