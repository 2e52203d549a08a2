import type { Client } from '@temporalio/client';
import { declarations } from '../../schedules/index.ts';
import { readSchedules } from '../../schedules/read.ts';
import type { Config, Market } from '../config.ts';
import type { SourceName } from '../domain/source.ts';
import { pools } from '../flows/pools.ts';
import type { Database } from '../store/database.ts';
import { lastResults, type LastResult } from '../store/run-history.ts';
import { liveWorkers } from '../store/workers.ts';
import { stuckWorkflows, type StuckWorkflow } from '../temporal/stuck-workflows.ts';
import { readBudgets, type BudgetFigures } from './read-budgets.ts';

/** What runs on an installation, whether it is well, what is next, and what the last runs came to. */
export interface Status extends TemporalFigures, StoreFigures {
  readonly ready: boolean;
  readonly market: Market;
  readonly temporal: { readonly address: string | null; readonly ui: string | null; readonly ok: boolean };
  readonly database: { readonly url: string | null; readonly ok: boolean };
  /** Null: none was started here. */
  readonly dashboard: { readonly url: string; readonly ok: boolean } | null;
}

/** What Temporal says of an installation. */
export interface TemporalFigures {
  /** Well: everything declared is there, paused or not. */
  readonly schedules: { readonly ok: boolean };
  readonly nextRuns: readonly NextRun[];
  /** Workflows that fail again and again, or that nobody serves, and what to do about each. */
  readonly stuck: readonly StuckWorkflow[];
}

export interface NextRun {
  readonly id: string;
  /** ISO 8601; null while it is paused. */
  readonly nextRunAt: string | null;
  readonly paused: boolean;
  readonly note: string | null;
}

/** What the store says of an installation. */
export interface StoreFigures {
  /** Of every pool that has workers here. */
  readonly workers: readonly { readonly pool: string; readonly ok: boolean }[];
  readonly lastResults: readonly LastResult[];
  readonly budgets: readonly BudgetFigures[];
}

export async function readTemporalFigures(
  client: Client,
  taskQueues: Config['taskQueues'],
): Promise<TemporalFigures> {
  const found = await readSchedules(client);
  const present = new Set(found.map(({ id }) => id));
  return {
    schedules: { ok: declarations.every(({ flow }) => present.has(flow)) },
    nextRuns: found.map(({ id, nextRunAt, paused, note }) => ({ id, nextRunAt, paused, note })),
    stuck: await stuckWorkflows(client, taskQueues),
  };
}

/** Of a database that is migrated; `baseUrls` are where the sources are asked. */
export async function readStoreFigures(
  { db, config }: { readonly db: Database; readonly config: Config },
  baseUrls: Readonly<Record<SourceName, string | null>>,
): Promise<StoreFigures> {
  const live = await liveWorkers(db);
  return {
    workers: poolsServed(config).map((pool) => ({ pool, ok: live.some((one) => one.pool === pool) })),
    lastResults: await lastResults(db),
    budgets: await readBudgets({ db, config }, baseUrls),
  };
}

/** What is known of a server that does not answer. */
export const noTemporalFigures: TemporalFigures = { schedules: { ok: false }, nextRuns: [], stuck: [] };

/** What is known of a database that does not. */
export function noStoreFigures(config: Config): StoreFigures {
  const workers = poolsServed(config).map((pool) => ({ pool, ok: false }));
  return { workers, lastResults: [], budgets: [] };
}

function poolsServed({ workers: { processes } }: Config) {
  return pools.filter((pool) => processes[pool] > 0);
}

type Parts = Omit<Status, 'ready' | 'market'>;

/** Whether every part that an installation has is there, and nothing is stuck. */
export function isWhole(parts: Parts): boolean {
  return partsAreWell(parts) && parts.stuck.length === 0;
}

function partsAreWell({ temporal, database, schedules, workers, dashboard }: Parts): boolean {
  return [temporal, database, schedules, ...workers, ...(dashboard === null ? [] : [dashboard])].every(
    ({ ok }) => ok,
  );
}

/** A status in one sentence: what keeps an installation from being ready, the first of it, or that nothing does. */
export function statusSentence(status: Status): string {
  if (status.ready) return 'ready';
  const isStuck = partsAreWell(status) && status.stuck.length > 0;
  return `not ready: ${isStuck ? 'some workflows are stuck, see below' : 'start what is missing with barwright up'}`;
}
