import { Context } from '@temporalio/activity';
import { ProviderError } from '../src/domain/provider-errors.ts';
import type { ReferenceList, SymbolsList } from '../src/domain/instrument.ts';
import type { SourceName } from '../src/domain/source.ts';
import { noteOverTheCounter } from '../src/pipelines/identity/over-the-counter.ts';
import { putRight, type PutRight } from '../src/pipelines/identity/put-right.ts';
import { readPastLists } from '../src/pipelines/identity/read-past-lists.ts';
import { settleIdentities, type HistoryOutcome } from '../src/pipelines/identity/settle-identities.ts';
import { identifyUnknown } from '../src/pipelines/reference/identify-unknown.ts';
import { readList, type SyncOutcome } from '../src/pipelines/reference/read-list.ts';
import { enlistSymbol, type WatchOutcome } from '../src/pipelines/reference/watch-symbol.ts';
import { attempt } from '../src/pipelines/sources/attempt.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';
import type { Store } from '../src/store/database.ts';
import { caller } from './caller.ts';
import { providerFailure } from './failures.ts';

export type { PutRight } from '../src/pipelines/identity/put-right.ts';
export type { HistoryOutcome } from '../src/pipelines/identity/settle-identities.ts';
export type { SyncOutcome } from '../src/pipelines/reference/read-list.ts';
export type { WatchOutcome } from '../src/pipelines/reference/watch-symbol.ts';

export interface ReferenceDeps {
  readonly store: Store;
  readonly sources: Sources;
}

/** A provider that fails so often ends the run. */
const attemptsOfLists = 4;

/** It fills up the past, behind all that is for today. */
const background = { lane: 'background' } as const;

export function createReferenceActivities({ store, sources }: ReferenceDeps) {
  return {
    /** Reads one whole list of the reference into the store. An older list serves on when the provider fails. */
    async syncInstruments(runId: string, list: ReferenceList, source: SourceName): Promise<SyncOutcome> {
      const { reference } = sources[source];
      if (reference === null) throw new Error(`${source} has no list of instruments`);
      const outcome = await readList({ store, reference, ...caller() }, list, runId);
      if (outcome instanceof ProviderError)
        throw providerFailure(outcome, Context.current().info.attempt >= attemptsOfLists);
      return outcome;
    },

    /**
     * Reads the lists of past month ends that were not read before, works out who bore which ticker when, and moves what is
     * stored of another company to where it belongs.
     */
    async learnSymbolHistory(runId: string, source: SourceName): Promise<HistoryOutcome & PutRight> {
      const { past, series } = sources[source];
      if (past === null) throw new Error(`${source} has no lists of past days`);
      const deps = { store, past, series, now: () => new Date(), ...caller(), ...background };
      const read = await readPastLists(deps, runId);
      if (read instanceof ProviderError)
        throw providerFailure(read, Context.current().info.attempt >= attemptsOfLists);
      const known = await settleIdentities(deps, runId);
      const moved = await putRight({ store, vocabulary: source, now: deps.now }, runId);
      await noteOverTheCounter(deps, runId);
      return { ...known, ...moved };
    },

    /** Looks up the symbols of a run that the store does not know; what the provider does not know fails its load. */
    async identifyLoads(runId: string, source: SourceName): Promise<void> {
      const deps = { store, provider: sources[source].series, ...caller() };
      const refused = await attempt(() => identifyUnknown(deps, runId));
      if (refused instanceof ProviderError) throw providerFailure(refused);
    },

    /** Puts symbols on the watchlist or into the universe, looking up those that the store does not know. */
    async lookUpAndWatch(
      symbols: readonly string[],
      source: SourceName,
      list: SymbolsList,
      runId: string,
    ): Promise<readonly WatchOutcome[]> {
      const deps = { store, provider: sources[source].series, ...caller() };
      const outcomes: WatchOutcome[] = [];
      for (const symbol of symbols) outcomes.push(await enlistSymbol(deps, { symbol, list, runId }));
      return outcomes;
    },
  };
}

export type ReferenceActivities = ReturnType<typeof createReferenceActivities>;
