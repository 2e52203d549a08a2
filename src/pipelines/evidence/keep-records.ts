import { keepRejected, type RejectedRow, type RejectionOrigin } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import type { Transaction } from '../../store/transaction.ts';
import { rejectedEvents } from './rejected-events.ts';

/** Names the records of a list that were rejected in the events of the run, and keeps them as evidence. */
export async function keepRecords(
  tx: Transaction,
  origin: RejectionOrigin,
  { rejected, observedAt }: { readonly rejected: readonly RejectedRow[]; readonly observedAt?: string },
): Promise<void> {
  const when = observedAt === undefined ? {} : { observedAt };
  if (origin.runId !== null) await addRunEvents(tx, origin.runId, rejectedEvents(rejected));
  await keepRejected(
    tx,
    origin,
    rejected.map((record) => ({ ...record, ...when })),
  );
}
