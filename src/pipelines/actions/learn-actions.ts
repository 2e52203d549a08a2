import type { SourceName } from '../../domain/source.ts';
import { writeActions } from '../../store/corporate-actions.ts';
import type { Store } from '../../store/database.ts';
import type { IncomingAction } from '../../store/incoming-actions.ts';
import { transaction } from '../../store/transaction.ts';
import { reconcile } from './reconcile.ts';

export interface ActionOrigin {
  readonly source: SourceName;
  readonly runId: string;
}

/**
 * Writes what a source tells of corporate actions and decides anew which of all sources' records count, both or
 * neither. Safe to run again.
 */
export async function learnActions(
  store: Store,
  origin: ActionOrigin,
  actions: readonly IncomingAction[],
): Promise<void> {
  const asOf = actions
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
  if (asOf === undefined) return;
  await transaction(store, async (tx) => {
    const ids = await writeActions(tx, origin, actions);
    await reconcile(tx, { runId: origin.runId, asOf }, ids);
  });
}
