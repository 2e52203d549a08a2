import type { DateRange } from '../../domain/date-range.ts';
import type { RunFailure } from '../../domain/load-error.ts';
import { BrokenPaging, DoubtedResponse, ProviderError, RateLimited } from '../../domain/provider-errors.ts';
import type { ActionList, ActionLists, ActionPage, Caller } from '../../providers/provider.ts';
import type { ActionsRun } from '../../runs/run.ts';
import type { Store } from '../../store/database.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { transaction } from '../../store/transaction.ts';
import { loadErrorOf } from '../sources/attempt.ts';
import { BudgetFar } from '../sources/budget-far.ts';
import { inquireOnce, type Inquiry } from '../sources/inquiry.ts';
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
  /** How often the page that follows was refused for too many requests; absent: it was not. */
  readonly refusals?: number;
}

/** How far one piece of reading came. */
export interface ActionsRead {
  /** Where to go on; null at the end. */
  readonly cursor: ActionCursor | null;
  /** Set when the provider's next free slot is that far off. */
  readonly resumeInMs: number | null;
  /** It is that far off because the requests of the provider's day are spent. */
  readonly spent?: boolean;
  /** Why nothing more is read today. */
  readonly failed: RunFailure | null;
}

export interface PagesDeps extends Caller {
  readonly store: Store;
  readonly actions: ActionLists;
}

/** A worker's place is not held longer than that for the next free slot. */
const patienceMs = 60_000;
/** A page that is refused that often is given up for today. */
const mostRefusals = 3;
/** No market has had so many: a list that goes on is a loop. */
const mostPages = 2_000;

/** That all is read. */
export const readToTheEnd: ActionsRead = { cursor: null, resumeInMs: null, failed: null };

/** The beginning of both lists. */
export function firstPage({ splits, dividends }: ActionRanges): ActionCursor {
  return { list: 'splits', range: splits, dividends, next: null, pages: 0 };
}

/** Reads pages until the end, or until the provider's next free slot is far; what is read is kept at once. */
export async function readPages(deps: PagesDeps, run: ActionsRun, from: ActionCursor): Promise<ActionsRead> {
  let read = await readPage(deps, run, from);
  while (read.cursor !== null && read.resumeInMs === null) read = await readPage(deps, run, read.cursor);
  return read;
}

async function readPage(deps: PagesDeps, run: ActionsRun, at: ActionCursor): Promise<ActionsRead> {
  if (at.pages >= mostPages) return givenUp(deps, run.runId, new BrokenPaging('the pages never end'));
  try {
    const page = await listPage(deps, run.runId, at);
    if (page instanceof RateLimited && (at.refusals ?? 0) < mostRefusals) return refusedAt(at, page);
    if (page instanceof ProviderError) return await givenUp(deps, run.runId, page);
    await keepPage(deps.store, run, page);
    return { ...readToTheEnd, cursor: following(at, page.next) };
  } catch (error) {
    if (!(error instanceof BudgetFar)) throw error;
    const { resumeInMs, because } = error;
    return { ...readToTheEnd, cursor: at, resumeInMs, spent: because === 'spent' };
  }
}

/** What was refused is asked again once the provider may be asked at all. */
function refusedAt(at: ActionCursor, { waitMs }: RateLimited): ActionsRead {
  const cursor = { ...at, refusals: (at.refusals ?? 0) + 1 };
  return { ...readToTheEnd, cursor, resumeInMs: waitMs ?? 0 };
}

async function listPage(
  { store: { db }, actions, signal, lane }: PagesDeps,
  runId: string,
  at: ActionCursor,
): Promise<ActionPage | ProviderError> {
  const inquiry: Inquiry = { db, source: actions.name, runId, counts: 'lookups', signal, lane };
  const ask = () => inquireOnce(inquiry, patienceMs, (options) => actions.listActions(at, options));
  const page = await ask();
  // What is doubted may be right a moment later.
  return page instanceof DoubtedResponse ? ask() : page;
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
  return { ...readToTheEnd, failed: { kind: error.name, message } };
}

function following({ refusals, ...at }: ActionCursor, next: string | null): ActionCursor | null {
  const pages = at.pages + 1;
  if (next !== null) return { ...at, pages, next };
  return at.list === 'splits' ? { ...at, pages, list: 'dividends', range: at.dividends, next: null } : null;
}
