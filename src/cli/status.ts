import type { Command } from 'commander';
import { loadConfig, type Config } from '../config.ts';
import { bareUrl } from '../domain/bare-url.ts';
import type { DateRange } from '../domain/date-range.ts';
import { readAttentionFacts } from '../operations/attention/read-facts.ts';
import { wallClock } from '../operations/wall-clock.ts';
import {
  isWhole,
  noStoreFigures,
  noTemporalFigures,
  readStoreFigures,
  readTemporalFigures,
  type Status,
  type StoreFigures,
  type TemporalFigures,
} from '../operations/read-status.ts';
import { endpointsOf, type Endpoints } from '../runtime/endpoints.ts';
import { readState, type RuntimeState } from '../runtime/state.ts';
import { requireMigrated } from '../store/migrate.ts';
import { temporalTarget } from '../temporal/connection.ts';
import { onDatabase, onTemporal } from './connections.ts';
import { errorReport } from './errors.ts';
import { note, printJson } from './output.ts';
import { printAttention } from './print-attention.ts';
import { printStatus } from './print-status.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what runs, and whether it is well')
    .addOption(jsonOption)
    .action(async ({ json }: JsonOption) => {
      const config = loadConfig();
      const status = await readStatus(config);
      if (json) printJson(status, status.market);
      else {
        printStatus(status, config.displayTimeZone);
        await sayWhatNeedsAttention(config, status);
      }
      if (!status.ready) process.exitCode = 1;
    });
}

/** Of a database that is there; what is not is said already. */
async function sayWhatNeedsAttention(config: Config, status: Status): Promise<void> {
  const { databaseUrl } = endpointsOf(config, readState(config.home));
  if (!status.database.ok || databaseUrl === null) return;
  const now = new Date();
  const found = await ifWell(() =>
    onDatabase(databaseUrl, 'status', (store) => readAttentionFacts(store, now.getTime())),
  );
  const { minute } = wallClock(config.displayTimeZone);
  const facts = {
    ...{ now, runs: null, findings: null, reasks: null, freshness: null, ...found },
    ...{ store: status, temporal: status.temporal.ok ? status : null },
    when: (instant: Date) => minute(instant) ?? '',
    sessions: ({ from, to }: DateRange) => (from === to ? from : `${from} to ${to}`),
  };
  printAttention(facts, status.market);
}

async function readStatus(config: Config): Promise<Status> {
  const state = readState(config.home);
  const market = state?.market ?? config.market;
  const endpoints = endpointsOf(config, state);
  const [{ figures: ofTemporal, ...temporal }, { figures: ofStore, ...database }, dashboard] =
    await Promise.all([
      temporalStatus(config, state, endpoints),
      databaseStatus(config, endpoints),
      dashboardStatus(config, state),
    ]);
  const { workers, lastResults, budgets } = ofStore;
  const { schedules, nextRuns, stuck } = ofTemporal;
  // In the order in which people look for them.
  const parts = {
    ...{ temporal, database, workers, schedules, nextRuns, stuck, lastResults, budgets, dashboard },
  };
  return { ready: isWhole(parts) && (state === null || state.ready), market, ...parts };
}

async function temporalStatus(
  config: Config,
  state: RuntimeState | null,
  endpoints: Endpoints,
): Promise<Status['temporal'] & { readonly figures: TemporalFigures }> {
  const target = temporalTarget(config.temporal, endpoints.temporalAddress);
  const ui = config.temporal.external ? null : (state?.temporal?.ui ?? null);
  if (target === null) return { address: null, ui, ok: false, figures: noTemporalFigures };
  const figures = await ifWell(() =>
    onTemporal(target, (client) => readTemporalFigures(client, config.taskQueues)),
  );
  return { address: target.address, ui, ok: figures !== null, figures: figures ?? noTemporalFigures };
}

async function databaseStatus(
  config: Config,
  { databaseUrl, baseUrls }: Endpoints,
): Promise<Status['database'] & { readonly figures: StoreFigures }> {
  if (databaseUrl === null) return { url: null, ok: false, figures: noStoreFigures(config) };
  const figures = await ifWell(() =>
    onDatabase(databaseUrl, 'status', async ({ db }) => {
      await requireMigrated(db);
      return readStoreFigures({ db, config }, baseUrls);
    }),
  );
  return { url: bareUrl(databaseUrl), ok: figures !== null, figures: figures ?? noStoreFigures(config) };
}

const answersWithinMs = 5_000;

/** Of the one that `up` has started; it is asked where it listens, whatever it is called from elsewhere. */
async function dashboardStatus(config: Config, state: RuntimeState | null): Promise<Status['dashboard']> {
  const served = state?.dashboard ?? null;
  if (served === null) return null;
  const answer = await ifWell(async () => {
    const { ok, status } = await fetch(`${served.url}/health`, {
      signal: AbortSignal.timeout(answersWithinMs),
    });
    if (!ok) throw new Error(`the dashboard at ${served.url} answers ${status}`);
  });
  return { url: config.dashboard.url ?? served.url, ok: answer !== null };
}

/** Null: it is not well, which was said. */
async function ifWell<Result>(check: () => Promise<Result>): Promise<Result | null> {
  try {
    return await check();
  } catch (error) {
    note(`barwright: ${errorReport(error).message}`);
    return null;
  }
}
