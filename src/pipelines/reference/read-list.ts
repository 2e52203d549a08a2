import { BrokenPaging, ProviderError } from '../../domain/provider-errors.ts';
import type { InstrumentPage, ReferenceLists, RequestOptions } from '../../providers/provider.ts';
import type { Store } from '../../store/database.ts';
import { lastSync, recordSync, retireUnlisted, saveInstruments } from '../../store/instruments.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { countRequests } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import type { ReferenceList } from '../planning/lists-due.ts';
import { attempt, loadErrorOf } from '../sources/attempt.ts';

export interface ListDeps {
  readonly store: Store;
  readonly reference: ReferenceLists;
  readonly signal: AbortSignal;
}

/** Instruments that a list named, those new to the store, and those that no list names any longer. */
export interface SyncOutcome {
  readonly instruments: number;
  readonly added: number;
  readonly retired: number;
}

/** A thousand instruments a page: far more than there ever were. */
const maxListPages = 200;

/** Reads one whole list of the reference into the store; the provider's error where no older list serves on in a run. */
export async function readList(
  { signal, ...deps }: ListDeps,
  list: ReferenceList,
  runId: string | null,
): Promise<SyncOutcome | ProviderError> {
  const { db } = deps.store;
  let lookups = 0;
  const options = { signal, onRequest: () => (lookups += 1) };
  const outcome = await attempt(() => saveList(deps, list, options));
  if (runId === null) return outcome;
  await countRequests(db, runId, { lookups });
  if (!(outcome instanceof ProviderError)) return outcome;
  if ((await lastSync(db, deps.reference.name, list)) === null) return outcome;
  const message = `the list of ${list} instruments could not be read, the older one is used: ${outcome.message}`;
  await addRunEvents(db, runId, [{ level: 'warn', message, data: loadErrorOf(outcome) }]);
  return { instruments: 0, added: 0, retired: 0 };
}

async function saveList(
  { store, reference }: Pick<ListDeps, 'store' | 'reference'>,
  list: ReferenceList,
  options: RequestOptions,
): Promise<SyncOutcome> {
  const listed: string[] = [];
  let added = 0;
  for await (const { instruments } of pagesOf(reference, list, options)) {
    added += await transaction(store, (tx) => saveInstruments(tx, instruments));
    listed.push(...instruments.map(({ symbol }) => symbol));
  }
  const retired = list === 'active' && listed.length > 0 ? await retireUnlisted(store.db, listed) : [];
  await recordSync(store.db, { source: reference.name, list, instruments: listed.length });
  return { instruments: listed.length, added, retired: retired.length };
}

async function* pagesOf(
  reference: ReferenceLists,
  list: ReferenceList,
  options: RequestOptions,
): AsyncGenerator<InstrumentPage> {
  const pages = new Set<string | null>();
  let next: string | null = null;
  do {
    if (pages.has(next) || pages.size >= maxListPages)
      throw new BrokenPaging(`page ${pages.size + 1} is one too many`);
    pages.add(next);
    const page = await reference.listInstruments({ active: list === 'active', next }, options);
    yield page;
    next = page.next;
  } while (next !== null);
}
