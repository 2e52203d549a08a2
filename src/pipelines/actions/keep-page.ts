import { sources } from '../../domain/source.ts';
import type { RejectedRecord } from '../../domain/rejected-record.ts';
import type { ActionPage } from '../../providers/provider.ts';
import type { ActionsRun } from '../../runs/run.ts';
import { noteListed } from '../../store/action-listings.ts';
import { writeActions } from '../../store/corporate-actions.ts';
import type { Store } from '../../store/database.ts';
import { instrumentsUnder } from '../../store/ticker-days.ts';
import { transaction } from '../../store/transaction.ts';
import { keepRecords } from '../evidence/keep-records.ts';
import { refusedAlone, refusedRecord } from '../evidence/refused-records.ts';

/**
 * Writes a page of the market's actions, those of instruments that the store knows; they are judged later. What cannot
 * be, and what the database refuses, is kept as evidence.
 */
export async function keepPage(
  store: Store,
  { runId, request: { source } }: ActionsRun,
  { actions, rejected, observedAt }: ActionPage,
): Promise<void> {
  const origin = { source, runId };
  const isDated = sources[source].tickers === 'of_the_day';
  const days = actions.map(({ symbol, action: { exDate } }) => ({ ticker: symbol, date: exDate }));
  const ids = await instrumentsUnder(store.db, days);
  const known = actions.flatMap(({ symbol, action }, place) => {
    const instrumentId = ids[place] ?? null;
    const ticker = isDated ? symbol : null;
    return instrumentId === null ? [] : [{ ...action, symbol, instrumentId, ticker, observedAt }];
  });
  const refused = await refusedAlone(known, async (some) => {
    await transaction(store, (tx) => writeActions(tx, origin, some));
  });
  // Those of tickers that the store does not know are listed as well.
  const listed = actions.flatMap(({ action: { providerId } }) => providerId ?? []);
  await transaction(store, (tx) => noteListed(tx, origin, listed));
  const records: readonly RejectedRecord[] = [
    ...rejected,
    ...refused.map((one) => refusedRecord({ symbol: one.item.symbol, session: one.item.exDate }, one)),
  ];
  await transaction(store, (tx) => keepRecords(tx, origin, { rejected: records, observedAt }));
}
