import type { z } from 'zod';
import { referenceLists } from '../domain/instrument.ts';
import type {
  ActionsRequest,
  HistoryRequest,
  ListsRequest,
  SideRequest,
  WatchRequest,
} from '../runs/side-requests.ts';
import type { Flow } from './flow.ts';
import { reaskGaps, repairGaps } from './gap-flows.ts';
import { dayOfWork, ofTheDay, weeksOfWork } from './of-the-day.ts';
import { actionsWish, historyWish, listsWish, watchWish } from './other-workflows.ts';

/** Brings splits and dividends up to date for the bars of a run. */
export const syncCorporateActions = {
  ...ofTheDay,
  name: 'sync-corporate-actions',
  type: 'syncCorporateActions',
  description: 'Splits and dividends of the market',
  subject: 'actions',
  policy: dayOfWork,
  parameters: actionsWish,
  request: ({ runId, request: { source, nominalTime } }) => ({ nominalTime, source, parentRunId: runId }),
} as const satisfies Flow<typeof actionsWish, ActionsRequest>;

/** Reads lists of instruments. */
export const syncUniverse = {
  ...ofTheDay,
  name: 'sync-universe',
  type: 'syncUniverse',
  description: 'Lists of instruments, delisted ones included',
  subject: 'reference',
  policy: dayOfWork,
  parameters: listsWish,
  request({ source = null, lists = referenceLists }, nominalTime) {
    return { nominalTime, source, lists };
  },
} as const satisfies Flow<typeof listsWish, ListsRequest>;

/** Finds out who bore which ticker when. */
export const syncSymbolHistory = {
  ...ofTheDay,
  name: 'sync-symbol-history',
  type: 'syncSymbolHistory',
  description: 'Who bore which ticker when, from lists of past days',
  subject: 'reference',
  priorityKey: 5,
  policy: weeksOfWork,
  parameters: historyWish,
  request: ({ source = null }, nominalTime) => ({ nominalTime, source }),
} as const satisfies Flow<typeof historyWish, HistoryRequest>;

/** Puts symbols on the watchlist, or into the universe. */
export const watchSymbols = {
  ...ofTheDay,
  name: 'watch-symbols',
  type: 'watchSymbols',
  description: 'Symbols for the watchlist, or for the universe',
  subject: 'reference',
  policy: dayOfWork,
  parameters: watchWish,
  request({ symbols, seconds = 60 * symbols.length, source, list }, nominalTime) {
    return { nominalTime, source, symbols, seconds, list };
  },
} as const satisfies Flow<typeof watchWish, WatchRequest>;

const declared = {
  'reask-gaps': reaskGaps,
  'repair-gaps': repairGaps,
  'sync-corporate-actions': syncCorporateActions,
  'sync-symbol-history': syncSymbolHistory,
  'sync-universe': syncUniverse,
  'watch-symbols': watchSymbols,
} as const;

/** What is no schedule's and no person's to run, and has runs all the same: other runs start it, and commands. */
export const sideFlows: Readonly<Record<keyof typeof declared, Flow<z.ZodObject, SideRequest>>> = declared;
