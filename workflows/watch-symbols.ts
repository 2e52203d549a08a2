import type { WatchOutcome } from '../activities/reference.ts';
import { checkedArguments } from '../src/flows/input.ts';
import { watchWish } from '../src/flows/other-workflows.ts';
import { pacedActivities } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';

/** Puts symbols on the watchlist, or into the universe whatever their type. */
export const watchSymbols = endsOnErrors(async (...args: unknown[]): Promise<readonly WatchOutcome[]> => {
  const wish = inputOrFailure(() => checkedArguments('watchSymbols', watchWish, args));
  const { symbols, seconds = 60 * symbols.length, source, list } = wish;
  const outcomes = await pacedActivities(seconds).lookUpAndWatch(symbols, source, list);
  const unknown = outcomes.filter(({ error }) => error !== null).map(({ symbol }) => symbol);
  showDetails(`done: ${symbols.length} symbols; not known: ${unknown.slice(0, 20).join(', ') || 'none'}`);
  return outcomes;
});
