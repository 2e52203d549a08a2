import { exchangeDate } from '../../domain/exchange-time.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import { keepAnswer, knownAnswer } from '../../store/dated-lists.ts';
import { noteGoingOn, type TradedFigi } from '../../store/identity-instruments.ts';
import { readListOn, type PastDeps } from './read-past-lists.ts';

/**
 * Notes of those who left the exchange under which ticker they go on over the counter, by FIGI, from the list of who is
 * traded there: read once a month. Where the provider does not give it nothing is known of that.
 */
export async function noteOverTheCounter(deps: PastDeps, runId: string): Promise<void> {
  const { store, past, now } = deps;
  const question = `over the counter ${exchangeDate(now().getTime()).slice(0, 7)}`;
  const known = await knownAnswer(store.db, past.name, question);
  if (known !== undefined) return;
  const listed = await readListOn(deps, { date: null, place: 'otc' }, runId);
  if (listed instanceof ProviderError) return;
  const traded = listed.flatMap(({ figi, ticker }): readonly TradedFigi[] =>
    figi === null ? [] : [{ figi, ticker }],
  );
  await noteGoingOn(store.db, traded);
  await keepAnswer(store.db, past.name, question, listed.length);
}
