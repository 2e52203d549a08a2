import type { ReferenceList } from '../../domain/instrument.ts';
import { BrokenPaging, DoubtedResponse, ProviderError } from '../../domain/provider-errors.ts';
import { storableText } from '../../domain/storable-text.ts';
import type { Caller, InstrumentPage, ReferenceLists } from '../../providers/provider.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database, Store } from '../../store/database.ts';
import { lastSync } from '../../store/reference-syncs.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { runBegan } from '../../store/runs.ts';
import { saveInstruments } from '../../store/save-instruments.ts';
import { transaction } from '../../store/transaction.ts';
import { keepRecords } from '../evidence/keep-records.ts';
import { refusedAlone, refusedRecord } from '../evidence/refused-records.ts';
import { inTurn } from '../sharing/in-turn.ts';
import { attempt, loadErrorOf, thrownError } from '../sources/attempt.ts';
import { inquire } from '../sources/inquiry.ts';
import { settleList } from './settle-list.ts';

export interface ListDeps extends Caller {
  readonly store: Store;
  readonly reference: ReferenceLists;
}

/** Instruments that a list named, those new to the store, and those that no list names any longer. */
export interface SyncOutcome {
  readonly instruments: number;
  readonly added: number;
  readonly retired: number;
}

/** A thousand instruments a page: far more than there ever were. */
const maxListPages = 200;

/** Reads one whole list of the reference into the store for a run; the provider's error where no older list serves on. */
export async function readList(
  deps: ListDeps,
  list: ReferenceList,
  runId: string,
): Promise<SyncOutcome | ProviderError> {
  const { store, reference, signal, lane } = deps;
  // A list is read by one at a time, and once for all that want it meanwhile.
  const name = `the list of ${list} instruments of ${reference.name}`;
  const turn = { name, holder: runId, since: await runBegan(store.db, runId), signal, lane };
  const read = async () => thrownError(await saveList(deps, { list, runId }));
  const outcome = await attempt(() => inTurn(store.db, turn, read));
  if (outcome === null) return readElsewhere(store.db, list, runId);
  if (!(outcome instanceof ProviderError)) return outcome;
  if (outcome instanceof DoubtedResponse) await keepDoubted(deps, runId, outcome);
  if ((await lastSync(store.db, { source: reference.name, list })) === null) return outcome;
  const message = `the list of ${list} instruments could not be read, the older one is used: ${outcome.message}`;
  await addRunEvents(store.db, runId, [{ level: 'warn', message, data: loadErrorOf(outcome) }]);
  return nothingRead;
}

const nothingRead: SyncOutcome = { instruments: 0, added: 0, retired: 0 };

async function readElsewhere(db: Database, list: ReferenceList, runId: string): Promise<SyncOutcome> {
  const message = `another run has read the list of ${list} instruments meanwhile`;
  await addRunEvents(db, runId, [{ level: 'info', message }]);
  return nothingRead;
}

async function saveList(
  deps: ListDeps,
  { list, runId }: { readonly list: ReferenceList; readonly runId: string },
): Promise<SyncOutcome | ProviderError> {
  const { store, reference } = deps;
  const source = reference.name;
  const activeIsKnown = list === 'inactive' && (await activeIsFresh(store.db, source));
  const listed = new Set<string>();
  let instruments = 0;
  let added = 0;
  let nameless = 0;
  const origin = { source, runId };
  for await (const page of pagesOf(deps, list, runId)) {
    if (page instanceof ProviderError) return page;
    added += await savePage(store, origin, page, { activeIsKnown });
    const named = [...page.instruments, ...page.rejected].flatMap(({ symbol }) => symbol ?? []);
    instruments += named.length;
    for (const symbol of named) listed.add(storableText(symbol));
    nameless += page.rejected.filter(({ symbol }) => symbol === null).length;
  }
  const symbols = [...listed];
  const retired = await settleList(store.db, { source, list, runId }, { instruments, symbols, nameless });
  return { instruments, added, retired };
}

/** Saves the instruments of a page; those that the database refuses are kept as evidence. Returns how many are new. */
async function savePage(
  store: Store,
  origin: { readonly source: SourceName; readonly runId: string },
  { instruments, rejected }: InstrumentPage,
  { activeIsKnown }: { readonly activeIsKnown: boolean },
): Promise<number> {
  let added = 0;
  const { source } = origin;
  const refused = await refusedAlone(instruments, async (some) => {
    added += await transaction(store, (tx) => saveInstruments(tx, some, { source, activeIsKnown }));
  });
  const records = refused.map((one) => refusedRecord({ symbol: one.item.symbol, session: null }, one));
  await transaction(store, (tx) => keepRecords(tx, origin, { rejected: [...rejected, ...records] }));
  return added;
}

const dayMs = 86_400_000;

/** True when a whole list has said within a day who is listed: then no older record of a ticker says otherwise. */
async function activeIsFresh(db: Database, source: SourceName): Promise<boolean> {
  const last = await lastSync(db, { source, list: 'active' });
  return last !== null && last.doubtedAt === null && Date.now() - last.completedAt.getTime() < dayMs;
}

async function keepDoubted(
  { store, reference }: Pick<ListDeps, 'store' | 'reference'>,
  runId: string,
  { rejected }: DoubtedResponse,
): Promise<void> {
  await transaction(store, (tx) => keepRejected(tx, { source: reference.name, runId }, rejected));
}

/** The pages of a list, and the provider's error where one cannot be read. */
async function* pagesOf(
  { store: { db }, reference, signal, lane }: ListDeps,
  list: ReferenceList,
  runId: string,
): AsyncGenerator<InstrumentPage | ProviderError> {
  const inquiry = { db, source: reference.name, runId, counts: 'lookups', signal, lane } as const;
  const pages = new Set<string | null>();
  let next: string | null = null;
  do {
    if (pages.has(next) || pages.size >= maxListPages) {
      yield new BrokenPaging(`page ${pages.size + 1} is one too many`);
      return;
    }
    pages.add(next);
    const at: string | null = next;
    const page: InstrumentPage | ProviderError = await inquire(inquiry, (options) =>
      reference.listInstruments({ active: list === 'active', next: at }, options),
    );
    yield page;
    next = page instanceof ProviderError ? null : page.next;
  } while (next !== null);
}
