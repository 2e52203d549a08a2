import type { ActionPage } from '../../providers/provider.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import { writeActions } from '../../store/corporate-actions.ts';
import type { Store } from '../../store/database.ts';
import type { IncomingAction } from '../../store/incoming-actions.ts';
import { instrumentsUnder } from '../../store/instruments.ts';
import { transaction } from '../../store/transaction.ts';
import { keepRecords } from '../evidence/keep-records.ts';

/** Writes a page of the market's actions, those of instruments that the store knows; they are judged later. What cannot be is kept as evidence. */
export async function keepPage(
  store: Store,
  { runId, request: { source } }: IngestionRun,
  { actions, rejected, observedAt }: ActionPage,
): Promise<void> {
  const tickers = actions.map(({ symbol, action: { exDate } }) => ({ symbol, date: exDate }));
  const ids = await instrumentsUnder(store.db, tickers);
  const incoming = actions.flatMap(({ symbol, action }): readonly IncomingAction[] => {
    const instrumentId = ids.get(symbol);
    return instrumentId === undefined ? [] : [{ ...action, instrumentId, observedAt }];
  });
  await transaction(store, async (tx) => {
    await writeActions(tx, { source, runId }, incoming);
    await keepRecords(tx, { source, runId }, { rejected, observedAt });
  });
}
