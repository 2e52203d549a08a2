import type { RunOrder } from '../../runs/run-order.ts';
import { isOpen, setOpenStatus } from '../../store/open-runs.ts';
import type { OpenRunStatus } from '../../store/schema.ts';
import type { Database } from '../../store/database.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { storableText } from '../../domain/storable-text.ts';

/** What a run is from then on; null: an order leaves that as it is. */
const statusAfter: Readonly<Record<RunOrder['verb'], OpenRunStatus | null>> = {
  pause: 'paused',
  resume: 'running',
  cancel: 'cancelling',
  change: null,
};

const inWords: Readonly<Record<RunOrder['verb'], string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'told to end',
  change: 'told to be for another range',
};

/** Enters an order into the ledger: the run's status, and an event that says who gave it. */
export async function noteOrder(db: Database, runId: string, order: RunOrder): Promise<void> {
  const { verb } = order;
  const by = order.by === null ? 'somebody, through Temporal' : storableText(order.by);
  const heard = await isOpen(db, runId);
  if (heard === null) return;
  const status = statusAfter[verb];
  if (status !== null) await setOpenStatus(db, runId, status);
  const range = order.verb === 'change' ? `, ${order.range.from} .. ${order.range.to}` : '';
  const message = `${inWords[verb]}${range} by ${by}${heard ? '' : ', too late: it has ended'}`;
  const level = verb === 'cancel' ? 'warn' : 'info';
  await addRunEvents(db, runId, [{ level, message, data: { kind: 'order', ...order, by } }]);
}
