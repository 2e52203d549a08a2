import { z } from 'zod';
import { intervalNames } from '../domain/interval.ts';
import { referenceLists, symbolsLists } from '../domain/instrument.ts';
import { sourceNames, sourcesWith, usualSource } from '../domain/source.ts';
import { flowNames, flows, type FlowName } from './index.ts';
import { symbolList, wholeNumber } from './parameters.ts';
import type { Pool } from './pools.ts';

const flowName = z.enum(flowNames, `one of ${flowNames.join(', ')}`);
const instant = z.iso.datetime({ offset: true, error: 'an instant, ISO 8601' });

/** Symbols for the watchlist, or for the universe. */
export const watchWish = z.strictObject({
  symbols: symbolList,
  /** What the pace of the look-ups may take; unset: a minute each. */
  seconds: wholeNumber(0).max(604_800, 'at most 604,800, a week').optional(),
  /** Who says what a symbol is. */
  source: z.enum(sourceNames, `one of ${sourceNames.join(', ')}`).default(usualSource['1d']),
  list: z.enum(symbolsLists, `one of ${symbolsLists.join(', ')}`).default('watchlist'),
});

const withLists = sourcesWith(({ reference }) => reference);
const referenceList = z.enum(referenceLists, `one of ${referenceLists.join(', ')}`);

/** The lists of instruments to read; unset: all of every source that has them. */
export const listsWish = z.strictObject({
  source: z.enum(withLists, `one of ${withLists.join(', ')}`).optional(),
  lists: z.array(referenceList, 'a list').min(1, 'at least one list').optional(),
});

const withPast = sourcesWith(({ pastListsFrom }) => pastListsFrom !== null);

/** Whose lists of past days are read; unset: those of every source that has them. */
export const historyWish = z.strictObject({
  source: z.enum(withPast, `one of ${withPast.join(', ')}`).optional(),
});

/** What a schedule carries: the parameters of a flow, but for the time that it fires for. */
export const scheduledFiring = z.strictObject({
  flow: flowName,
  parameters: z.record(z.string(), z.unknown(), 'an object of parameters').default({}),
});

/** As a schedule is applied with it. */
export interface ScheduledFiring {
  readonly flow: FlowName;
  readonly parameters: object;
}

/** The run that corporate actions are brought up to date for: one of the ledger. */
export const actionsWish = z.looseObject({
  workflowId: z.string('a workflow id'),
  runId: z.guid('a run id'),
  flow: flowName,
  startedAt: instant,
  request: z.looseObject(
    {
      nominalTime: instant,
      source: z.enum(sourceNames, `one of ${sourceNames.join(', ')}`),
      interval: z.enum(intervalNames, `one of ${intervalNames.join(', ')}`),
    },
    'an object of parameters',
  ),
});

/** The workflows that are no flow's, each with the pool that does its work; null: any does. */
const others: Readonly<Record<string, Pool | null>> = {
  reaskGaps: 'data-ingestion',
  reconcileLedger: 'maintenance',
  repairGaps: 'data-ingestion',
  startScheduledRun: null,
  syncCorporateActions: 'data-ingestion',
  syncSymbolHistory: 'data-ingestion',
  syncUniverse: 'data-ingestion',
  watchSymbols: 'data-ingestion',
};

/** The pool that does the work of each workflow, by the workflow's type; null: any does. */
export const workflowPools: ReadonlyMap<string, Pool | null> = new Map([
  ...flowNames.map((name) => [flows[name].type, flows[name].pool] as const),
  ...Object.entries(others),
]);
