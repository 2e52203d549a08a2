import type { RunOrder } from '../../runs/run-order.ts';
import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { ContradictoryParameters } from '../../runs/contradictory-parameters.ts';
import { readNominalTime } from '../../store/runs.ts';
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

/**
 * Enters an order into the ledger: the run's status, and an event that says who gave it. Throws
 * `ContradictoryParameters` for a range of which the run could bring nothing.
 */
export async function noteOrder(db: Database, runId: string, order: RunOrder): Promise<void> {
  const { verb } = order;
  if (order.verb === 'change') await requireClosedSession(db, runId, order.range);
  const by = order.by === null ? 'somebody, through Temporal' : storableText(order.by);
  const heard = await isOpen(db, runId);
  if (heard === null) return;
  const tooLate = order.verb === 'cancel' && order.tooLate === true;
  const status = tooLate ? null : statusAfter[verb];
  if (status !== null) await setOpenStatus(db, runId, status);
  const range = order.verb === 'change' ? `, ${order.range.from} .. ${order.range.to}` : '';
  const message = `${inWords[verb]}${range} by ${by}${lateness(heard, tooLate)}`;
  const level = verb === 'cancel' ? 'warn' : 'info';
  await addRunEvents(db, runId, [{ level, message, data: { kind: 'order', ...order, by } }]);
}

function lateness(isOpen: boolean, tooLate: boolean): string {
  if (!isOpen) return ', too late: it has ended';
  return tooLate ? ', too late: it is closing, and ends by itself' : '';
}

/** A run that is for a range without one would come to its end at once, or fail. */
async function requireClosedSession(db: Database, runId: string, range: DateRange): Promise<void> {
  const nominalTime = await readNominalTime(db, runId);
  if (nominalTime === null) return;
  const sessions = exchangeCalendar.sessionsBetween(range);
  if (sessions.some(({ closesAt }) => Date.parse(closesAt) <= Date.parse(nominalTime))) return;
  const what = sessions.length === 0 ? 'there is no session' : `no session had closed by ${nominalTime}`;
  const message = `from ${range.from} to ${range.to} ${what}: the run goes on for its own range`;
  throw new ContradictoryParameters('endDate', message, 'choose a range with a session that has closed');
}
