import { randomUUID } from 'node:crypto';
import type { ReferenceList } from '../../domain/instrument.ts';
import { BrokenPaging, DoubtedResponse, ProviderError } from '../../domain/provider-errors.ts';
import { storableText } from '../../domain/storable-text.ts';
import type { Caller, InstrumentPage, ReferenceLists, RequestOptions } from '../../providers/provider.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database, Store } from '../../store/database.ts';
import { lastSync } from '../../store/reference-syncs.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { countRequests, runBegan } from '../../store/runs.ts';
import { saveInstruments } from '../../store/save-instruments.ts';
import { transaction } from '../../store/transaction.ts';
import { keepRecords } from '../evidence/keep-records.ts';
import { attempt, loadErrorOf } from '../sources/attempt.ts';
import { tellIfSpent } from '../sources/halt-event.ts';
import { inTurn } from '../sharing/in-turn.ts';
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

/** Reads one whole list of the reference into the store; the provider's error where no older list serves on in a run. */
export async function readList(
  { signal, lane, ...deps }: ListDeps,
  list: ReferenceList,
  runId: string | null,
): Promise<SyncOutcome | ProviderError> {
  const { db } = deps.store;
  let lookups = 0;
  const options = { signal, lane, onRequest: () => (lookups += 1) };
  const turn = { ...(await turnOf(deps, list, runId)), signal, lane };
  const outcome = await attempt(() => inTurn(db, turn, () => saveList(deps, { list, runId }, options))).catch(
    async (error: unknown) => {
      if (runId !== null) {
        await countRequests(db, runId, { lookups });
        await tellIfSpent(db, { runId, source: deps.reference.name }, error);
      }
      throw error;
    },
  );
  if (outcome === null) return readElsewhere(db, list, runId);
  if (outcome instanceof DoubtedResponse) await keepDoubted(deps, runId, outcome);
  if (runId === null) return outcome;
  await countRequests(db, runId, { lookups });
  if (!(outcome instanceof ProviderError)) return outcome;
  if ((await lastSync(db, { source: deps.reference.name, list })) === null) return outcome;
  const message = `the list of ${list} instruments could not be read, the older one is used: ${outcome.message}`;
  await addRunEvents(db, runId, [{ level: 'warn', message, data: loadErrorOf(outcome) }]);
  return nothingRead;
}

const nothingRead: SyncOutcome = { instruments: 0, added: 0, retired: 0 };

/** A list is read by one at a time, and once for all that want it meanwhile. */
async function turnOf(
  { store: { db }, reference }: Pick<ListDeps, 'store' | 'reference'>,
  list: ReferenceList,
  runId: string | null,
) {
  const name = `the list of ${list} instruments of ${reference.name}`;
  if (runId === null) return { name, holder: randomUUID(), since: new Date().toISOString() };
  return { name, holder: runId, since: await runBegan(db, runId) };
}

async function readElsewhere(db: Database, list: ReferenceList, runId: string | null): Promise<SyncOutcome> {
  const message = `another run has read the list of ${list} instruments meanwhile`;
  if (runId !== null) await addRunEvents(db, runId, [{ level: 'info', message }]);
  return nothingRead;
}

async function saveList(
  { store, reference }: Pick<ListDeps, 'store' | 'reference'>,
  { list, runId }: { readonly list: ReferenceList; readonly runId: string | null },
  options: RequestOptions,
): Promise<SyncOutcome> {
  const source = reference.name;
  const activeIsKnown = list === 'inactive' && (await activeIsFresh(store.db, source));
  const listed = new Set<string>();
  let instruments = 0;
  let added = 0;
  let nameless = 0;
  const origin = { source, runId };
  for await (const page of pagesOf(reference, list, options)) {
    added += await transaction(store, async (tx) => {
      await keepRecords(tx, origin, { rejected: page.rejected });
      return saveInstruments(tx, page.instruments, { source, activeIsKnown });
    });
    const named = [...page.instruments, ...page.rejected].flatMap(({ symbol }) => symbol ?? []);
    instruments += named.length;
    for (const symbol of named) listed.add(storableText(symbol));
    nameless += page.rejected.filter(({ symbol }) => symbol === null).length;
  }
  const symbols = [...listed];
  const retired = await settleList(store.db, { source, list, runId }, { instruments, symbols, nameless });
  return { instruments, added, retired };
}

const dayMs = 86_400_000;

/** True when a whole list has said within a day who is listed: then no older record of a ticker says otherwise. */
async function activeIsFresh(db: Database, source: SourceName): Promise<boolean> {
  const last = await lastSync(db, { source, list: 'active' });
  return last !== null && last.doubtedAt === null && Date.now() - last.completedAt.getTime() < dayMs;
}

async function keepDoubted(
  { store, reference }: Pick<ListDeps, 'store' | 'reference'>,
  runId: string | null,
  { rejected }: DoubtedResponse,
): Promise<void> {
  await transaction(store, (tx) => keepRejected(tx, { source: reference.name, runId }, rejected));
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
