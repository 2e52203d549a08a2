import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate, exchangeInstant } from '../../domain/exchange-time.ts';
import type { ActionsRun } from '../../runs/run.ts';
import { withdrawUnlisted } from '../../store/action-listings.ts';
import { instrumentsToJudge, noteActionsSynced } from '../../store/corporate-actions.ts';
import { firstStoredSession } from '../../store/daily-bars.ts';
import type { Store } from '../../store/database.ts';
import { symbolsById } from '../../store/instruments.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { transaction } from '../../store/transaction.ts';
import type { Culprit } from '../containment/failing-alone.ts';
import { answerFailure } from '../containment/lasting-cause.ts';
import { refusedAlone } from '../evidence/refused-records.ts';
import { daysAhead } from './range-due.ts';
import { reconcile } from './reconcile.ts';

/** That a source lacks an action shows only after some days. */
const daysJudgedAgain = 14;
/** Instruments that are judged together. */
const chunk = 500;

/** What was read for a later run than this one counts as read on that run's day; ISO 8601. */
function readAsOf({ to }: DateRange, nominalTime: string): string {
  const day = addDays(to, -daysAhead);
  return day > exchangeDate(Date.parse(nominalTime))
    ? new Date(exchangeInstant(day, 0)).toISOString()
    : nominalTime;
}

/** What of the market's actions a run has read. */
export interface ListsRead {
  /** Of splits; null: nothing was due. */
  readonly range: DateRange | null;
  /** Absent in runs that began before it was told. */
  readonly dividends?: DateRange | null;
  /** Both lists to their ends. */
  readonly complete: boolean;
}

/**
 * Notes that a run has read the market's actions, of `range` its splits, and decides on all that wait for prices, their day
 * or a late source.
 */
export async function judgeUnsettled(
  store: Store,
  { runId, request: { source, nominalTime } }: ActionsRun,
  { range, dividends, complete }: ListsRead,
): Promise<void> {
  const recent = addDays(exchangeDate(Date.parse(nominalTime)), -daysJudgedAgain);
  const withdrawn =
    range === null || dividends == null || !complete
      ? []
      : await transaction(store, (tx) =>
          withdrawUnlisted(tx, { source, runId, at: nominalTime }, { splits: range, dividends }),
        );
  const ids = [...new Set([...(await instrumentsToJudge(store.db, recent)), ...withdrawn])];
  if (range !== null && complete) {
    const first = await firstStoredSession(store.db);
    const allSplits = first === null || range.from <= first;
    await noteActionsSynced(store.db, source, {
      range,
      allSplits,
      completedAt: readAsOf(range, nominalTime),
    });
  }
  let judged = ids.length;
  for (let start = 0; start < ids.length; start += chunk) {
    const some = ids.slice(start, start + chunk);
    const refused = await refusedAlone(some, (these) =>
      transaction(store, (tx) => reconcile(tx, { runId, asOf: nominalTime }, these)),
    );
    judged -= refused.length;
    const names = await symbolsById(
      store.db,
      refused.map(({ item }) => item),
    );
    await addRunEvents(
      store.db,
      runId,
      refused.map((one) => eventOf(one, names.get(one.item))),
    );
  }
  const message = `corporate actions of ${judged} instruments judged`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
}

/** What a run says of an instrument whose actions nobody can judge. */
function eventOf({ item, error }: Culprit<number>, symbol = `instrument ${item}`): RunEvent {
  const cause = answerFailure(error);
  const message = `corporate actions of ${symbol} could not be judged: ${cause.message}`;
  return { level: 'error', symbol, message, data: { ...cause, instrumentId: item } };
}
