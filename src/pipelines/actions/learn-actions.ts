import type { SourceName } from '../../domain/source.ts';
import { unsettledSplits, writeActions } from '../../store/corporate-actions.ts';
import type { Store } from '../../store/database.ts';
import type { IncomingAction } from '../../store/incoming-actions.ts';
import { transaction } from '../../store/transaction.ts';
import type { AnsweredSeries } from './action-contexts.ts';
import { reconcile } from './reconcile.ts';

export interface ActionOrigin {
  readonly source: SourceName;
  readonly runId: string;
}

/** An answer's prices, and when it was given, ISO 8601. */
export interface ActionAnswer extends AnsweredSeries {
  readonly observedAt: string;
}

/**
 * Writes what a source tells of corporate actions and decides anew which of all sources' records count, both or
 * neither; what waits for prices is decided by those of the answer. Safe to run again.
 */
export async function learnActions(
  store: Store,
  { source, runId }: ActionOrigin,
  actions: readonly IncomingAction[],
  answered?: ActionAnswer,
): Promise<void> {
  const asOf = [...actions.map(({ observedAt }) => observedAt), answered?.observedAt ?? ''].sort().at(-1);
  if (asOf === undefined || asOf === '') return;
  const waiting = answered === undefined ? [] : await unsettledSplits(store.db, answered.instrumentId);
  if (actions.length === 0 && waiting.length === 0) return;
  await transaction(store, async (tx) => {
    const ids = new Set([...(await writeActions(tx, { source, runId }, actions)), ...waiting]);
    await reconcile(tx, { runId, asOf, ...(answered === undefined ? {} : { answered }) }, [...ids]);
  });
}

/** The same with the payments of an answer of which the splits are learnt: they change nothing about those. */
export async function learnPayments(
  store: Store,
  { source, runId }: ActionOrigin,
  payments: readonly IncomingAction[],
  answered: ActionAnswer,
): Promise<void> {
  if (payments.length === 0) return;
  await transaction(store, async (tx) => {
    const ids = await writeActions(tx, { source, runId }, payments);
    await reconcile(tx, { runId, asOf: answered.observedAt, answered }, ids);
  });
}
