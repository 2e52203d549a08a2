import type { Store } from '../../store/database.ts';
import { recordOutcomes } from '../../store/record-outcomes.ts';
import { openLoads } from '../../store/open-loads.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { transaction } from '../../store/transaction.ts';
import { failingAlone, lastingErrorOf } from '../containment/failing-alone.ts';
import { writeRefusal } from '../containment/lasting-cause.ts';
import { refusedOutcome } from './load-verdicts.ts';
import type { LoadSpan } from './plan-batches.ts';

/**
 * Has the open loads of a span computed. Where that fails for good, those of each half of it, down to the loads that
 * cause it: these fail with the cause, the others are computed. Throws what may pass.
 */
export async function computeContained(
  store: Store,
  runId: string,
  span: LoadSpan,
  compute: (span: LoadSpan) => Promise<void>,
): Promise<void> {
  if ((await lastingErrorOf(() => compute(span))) === null) return;
  const open = await transaction(store, (tx) => openLoads(tx, runId, span));
  const ids = open.map(({ id }) => id).sort((one, other) => one - other);
  const culprits = await failingAlone(ids, (some) =>
    compute({ first: some[0] ?? NaN, last: some.at(-1) ?? NaN }),
  );
  const causes = culprits.map(({ item: loadId, error }) => ({ loadId, error: writeRefusal(error) }));
  await transaction(store, async (tx) => {
    await recordOutcomes(
      tx,
      causes.map(({ loadId, error }) => refusedOutcome(loadId, error)),
    );
    const symbols = new Map(open.map(({ id, symbol }) => [id, symbol]));
    const events = causes.map(({ loadId, error }) => {
      const symbol = symbols.get(loadId) ?? '';
      return { level: 'error', symbol, message: error.message, data: error } as const;
    });
    await addRunEvents(tx, runId, events);
  });
}
