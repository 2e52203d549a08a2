import { Context } from '@temporalio/activity';
import type { InstrumentReference } from '../src/domain/instrument.ts';
import { BrokenPaging, ProviderError, SymbolNotFound, Unauthorized } from '../src/domain/provider-errors.ts';
import type { ReferenceLists, SeriesProvider } from '../src/providers/provider.ts';
import type { Store } from '../src/store/database.ts';
import {
  lastSync,
  recordSync,
  resolveSymbols,
  retireUnlisted,
  saveInstruments,
  setWatched,
} from '../src/store/instruments.ts';
import { failLoad, identifyLoad, unidentifiedLoads } from '../src/store/load-runs.ts';
import type { LoadError } from '../src/domain/load-error.ts';
import { transaction } from '../src/store/transaction.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { countRequests } from '../src/store/runs.ts';
import { attempt, loadErrorOf } from '../src/pipelines/sources/attempt.ts';
import { providerFailure } from './failures.ts';
import type { ReferenceList } from '../src/pipelines/planning/lists-due.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { SourceName } from '../src/domain/source.ts';

export interface ReferenceDeps {
  readonly store: Store;
  readonly sources: Sources;
}

export interface SyncOutcome {
  readonly instruments: number;
  readonly added: number;
  readonly retired: number;
}

/** How one symbol of `symbols add` or `remove` ended. */
export interface WatchOutcome {
  readonly symbol: string;
  readonly error: string | null;
}

/** A thousand instruments a page: far more than there ever were. */
const maxListPages = 200;

/**
 * How the provider may write what a person typed, likeliest first. Its tickers begin with a capital letter, so
 * all-lower-case input is not worth a request.
 */
export function spellings(typed: string): readonly string[] {
  const upper = typed.toUpperCase();
  return typed === upper || /^[a-z]/.test(typed) ? [upper] : [typed, upper];
}

export function createReferenceActivities({ store, sources }: ReferenceDeps) {
  const { db } = store;
  async function lookUp(
    provider: SeriesProvider,
    typed: string,
    signal: AbortSignal,
    count: () => void,
  ): Promise<InstrumentReference | null> {
    for (const symbol of spellings(typed)) {
      const found = await provider.lookUp(symbol, { signal, onRequest: count });
      if (found !== null) return found;
    }
    return null;
  }

  async function readList(
    reference: ReferenceLists,
    list: ReferenceList,
    signal: AbortSignal,
    count: () => void,
  ): Promise<SyncOutcome> {
    const listed: string[] = [];
    let added = 0;
    let next: string | null = null;
    const pages = new Set<string | null>();
    do {
      if (pages.has(next) || pages.size >= maxListPages)
        throw new BrokenPaging(`page ${pages.size + 1} is one too many`);
      pages.add(next);
      const page = await reference.listInstruments(
        { active: list === 'active', next },
        { signal, onRequest: count },
      );
      added += await transaction(store, (tx) => saveInstruments(tx, page.instruments));
      listed.push(...page.instruments.map(({ symbol }) => symbol));
      next = page.next;
    } while (next !== null);
    const retired = list === 'active' && listed.length > 0 ? await retireUnlisted(db, listed) : [];
    await recordSync(db, { source: reference.name, list, instruments: listed.length });
    return { instruments: listed.length, added, retired: retired.length };
  }

  return {
    /** Reads one whole list of the reference into the store. An older list serves on when the provider fails. */
    async syncInstruments(
      runId: string | null,
      list: ReferenceList,
      source: SourceName,
    ): Promise<SyncOutcome> {
      const { reference } = sources[source];
      if (reference === null) throw new Error(`${source} has no list of instruments`);
      let lookups = 0;
      const { cancellationSignal } = Context.current();
      const outcome = await attempt(() =>
        readList(reference, list, cancellationSignal, () => (lookups += 1)),
      );
      if (runId !== null) await countRequests(db, runId, { lookups });
      if (!(outcome instanceof ProviderError)) return outcome;
      if (runId === null || (await lastSync(db, source, list)) === null) throw providerFailure(outcome);
      const message = `the list of ${list} instruments could not be read, the older one is used: ${outcome.message}`;
      await addRunEvents(db, runId, [{ level: 'warn', message, data: loadErrorOf(outcome) }]);
      return { instruments: 0, added: 0, retired: 0 };
    },

    /** Looks up the symbols of a run that the store does not know; what the provider does not know fails its load. */
    async identifyLoads(runId: string, source: SourceName): Promise<void> {
      const provider = sources[source].series;
      const { cancellationSignal: signal } = Context.current();
      let refused: LoadError | null = null;
      for (const load of await unidentifiedLoads(db, runId)) {
        let lookups = 0;
        const found =
          refused ?? (await attempt(() => lookUp(provider, load.symbol, signal, () => (lookups += 1))));
        await countRequests(db, runId, { lookups });
        if (found instanceof Unauthorized) refused = loadErrorOf(found);
        if (found === null) await failLoad(db, load.id, loadErrorOf(new SymbolNotFound(load.symbol)));
        else if (found instanceof ProviderError) await failLoad(db, load.id, loadErrorOf(found));
        else if ('kind' in found) await failLoad(db, load.id, found);
        else await identify(load.id, runId, found);
      }
    },

    /** Puts symbols on the list of the watched ones, looking up those that the store does not know. */
    async lookUpAndWatch(symbols: readonly string[], source: SourceName): Promise<readonly WatchOutcome[]> {
      const provider = sources[source].series;
      const { cancellationSignal: signal } = Context.current();
      const outcomes: WatchOutcome[] = [];
      for (const symbol of symbols) outcomes.push({ symbol, error: await watch(provider, symbol, signal) });
      return outcomes;
    },
  };

  async function identify(loadId: number, runId: string, reference: InstrumentReference): Promise<void> {
    await identifyLoad(db, { id: loadId, runId }, await save(reference));
  }

  async function save(
    reference: InstrumentReference,
  ): Promise<{ readonly id: number; readonly symbol: string }> {
    await transaction(store, (tx) => saveInstruments(tx, [reference]));
    const resolution = (await resolveSymbols(db, [reference.symbol])).get(reference.symbol);
    if (resolution?.kind !== 'found') throw new Error(`${reference.symbol} was saved and is not there`);
    return resolution.instrument;
  }

  async function watch(
    provider: SeriesProvider,
    symbol: string,
    signal: AbortSignal,
  ): Promise<string | null> {
    const known = (await resolveSymbols(db, [symbol])).get(symbol);
    if (known?.kind === 'ambiguous') return `ambiguous: ${known.candidates.join(', ')}`;
    if (known?.kind === 'found') {
      await setWatched(db, known.instrument.id, true);
      return null;
    }
    const found = await attempt(() => lookUp(provider, symbol, signal, () => undefined));
    if (found === null) return new SymbolNotFound(symbol).message;
    if (found instanceof ProviderError) return `${found.name}: ${found.message}`;
    await setWatched(db, (await save(found)).id, true);
    return null;
  }
}

export type ReferenceActivities = ReturnType<typeof createReferenceActivities>;
