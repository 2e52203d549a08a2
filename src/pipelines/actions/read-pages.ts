import type { DateRange } from '../../domain/date-range.ts';
import { DoubtedResponse, ProviderError } from '../../domain/provider-errors.ts';
import type { ActionList, ActionLists, ActionPage, Caller } from '../../providers/provider.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { Store } from '../../store/database.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { countRequests } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import { attempt, loadErrorOf } from '../sources/attempt.ts';
import { BudgetFar } from '../sources/budget-far.ts';
import { tellIfSpent } from '../sources/halt-event.ts';
import { watchClock } from '../sources/wrong-clock.ts';
import { keepPage } from './keep-page.ts';

/** What of both lists is due. */
export interface ActionRanges {
  readonly splits: DateRange;
  readonly dividends: DateRange;
}

/** Where reading the market's corporate actions stands. */
export interface ActionCursor {
  readonly list: ActionList;
  readonly range: DateRange;
  /** That of the dividends, which follow the splits. */
  readonly dividends: DateRange;
  readonly next: string | null;
  /** Pages read so far. */
  readonly pages: number;
}

/** How far one piece of reading came. */
export interface ActionsRead {
  /** Where to go on; null at the end. */
  readonly cursor: ActionCursor | null;
  /** Set when the provider's next free slot is that far off. */
  readonly resumeInMs: number | null;
  /** Why nothing more is read today. */
  readonly failed: string | null;
}

export interface PagesDeps extends Caller {
  readonly store: Store;
  readonly actions: ActionLists;
}

/** A worker's place is not held longer than that for the next free slot. */
const patienceMs = 60_000;
/** No market has had so many: a list that goes on is a loop. */
const mostPages = 2_000;

/** That all is read. */
export const readToTheEnd: ActionsRead = { cursor: null, resumeInMs: null, failed: null };

/** The beginning of both lists. */
export function firstPage({ splits, dividends }: ActionRanges): ActionCursor {
  return { list: 'splits', range: splits, dividends, next: null, pages: 0 };
}

/** Reads pages until the end, or until the provider's next free slot is far; what is read is kept at once. */
export async function readPages(
  deps: PagesDeps,
  run: IngestionRun,
  from: ActionCursor,
): Promise<ActionsRead> {
  let read = await readPage(deps, run, from);
  while (read.cursor !== null && read.resumeInMs === null) read = await readPage(deps, run, read.cursor);
  return read;
}

async function readPage(deps: PagesDeps, run: IngestionRun, at: ActionCursor): Promise<ActionsRead> {
  if (at.pages >= mostPages) return { ...readToTheEnd, failed: 'the pages never end' };
  try {
    const page = await listPage(deps, run.runId, at);
    if (page instanceof ProviderError) return await givenUp(deps, run.runId, page);
    await keepPage(deps.store, run, page);
    return { ...readToTheEnd, cursor: following(at, page.next) };
  } catch (error) {
    if (!(error instanceof BudgetFar)) throw error;
    await tellIfSpent(deps.store.db, { runId: run.runId, source: deps.actions.name }, error);
    return { ...readToTheEnd, cursor: at, resumeInMs: error.resumeInMs };
  }
}

async function listPage(
  { store, actions, signal, lane }: PagesDeps,
  runId: string,
  at: ActionCursor,
): Promise<ActionPage | ProviderError> {
  let lookups = 0;
  const clock = watchClock(actions.name);
  const onRequest = () => (lookups += 1);
  const options = { signal, lane, patienceMs, onRequest, onWrongClock: clock.onWrongClock };
  const ask = () => attempt(() => actions.listActions(at, options));
  const page = await ask();
  // What is doubted may be right a moment later.
  const answer = page instanceof DoubtedResponse ? await ask() : page;
  await countRequests(store.db, runId, { lookups });
  await clock.tell(store.db, runId);
  return answer;
}

async function givenUp(
  { store, actions }: PagesDeps,
  runId: string,
  error: ProviderError,
): Promise<ActionsRead> {
  const message = `corporate actions could not be read: ${error.message}`;
  await addRunEvents(store.db, runId, [{ level: 'warn', message, data: loadErrorOf(error) }]);
  const rejected = error instanceof DoubtedResponse ? error.rejected : [];
  await transaction(store, (tx) => keepRejected(tx, { source: actions.name, runId }, rejected));
  return { ...readToTheEnd, failed: error.name };
}

function following(at: ActionCursor, next: string | null): ActionCursor | null {
  const pages = at.pages + 1;
  if (next !== null) return { ...at, pages, next };
  return at.list === 'splits' ? { ...at, pages, list: 'dividends', range: at.dividends, next: null } : null;
}
