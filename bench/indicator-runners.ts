import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { exchangeCalendar } from '../src/calendar/exchange-calendar.ts';
import { indicatorsDailyCalculation } from '../src/flows/indicators-daily-calculation.ts';
import { requestFrom } from '../src/flows/input.ts';
import { createThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { inLanes } from '../src/domain/in-lanes.ts';
import type { IndicatorsSummary } from '../src/runs/indicators-summary.ts';
import { startPostgres, stopPostgres } from '../src/runtime/embedded-postgres.ts';
import { findPort } from '../src/runtime/ports.ts';
import { openStore, type Store } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { insertRun } from '../src/store/runs.ts';
import { createAnalyticsActivities } from '../workers/activities.ts';
import { startBenchInstallation } from './installation.ts';

/** Calculates what is due on an empty database of its own. */
interface IndicatorRunner {
  readonly store: Store;
  readonly databaseUrl: string;
  calculate(calculationDate: string, daysBack?: number): Promise<IndicatorsSummary>;
  end(): Promise<void>;
}

const flow = 'indicators-daily-calculation';

function parametersOf(calculationDate: string, daysBack = 300) {
  return { nominalTime: '2024-06-15T12:00:00Z', daysBack, calculationDate, dataSource: 'polygon' };
}

/** As a person asks for it, by a worker of the analytics pool. */
export async function runThroughTemporal(): Promise<IndicatorRunner> {
  const installation = await startBenchInstallation(1);
  const { store, databaseUrl, client } = installation;
  return {
    store,
    databaseUrl,
    end: () => installation.end(),
    async calculate(calculationDate, daysBack) {
      return (await client.workflow.execute('indicatorsDailyCalculation', {
        workflowId: `bench/${randomUUID()}`,
        taskQueue: 'analytics-pool',
        args: [parametersOf(calculationDate, daysBack)],
      })) as IndicatorsSummary;
    },
  };
}

/** The activities of a run in the order of the workflow: reading, computing and writing alone. */
export async function runDirectly(): Promise<IndicatorRunner> {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-bench-'));
  const port = await findPort({ preferred: 0, strict: false }, '');
  const postgres = await startPostgres({ home, port, report: () => undefined });
  const databaseUrl = postgres.urlOf('postgres');
  const store = openStore(databaseUrl, { name: 'bench', max: 12 });
  await migrate(store.db);
  const threads = createThreadPool();
  const policyChoices = { loadRetries: null, retryDelaySeconds: null, runTimeoutSeconds: null };
  const activities = createAnalyticsActivities({
    store,
    threads,
    batchSize: 100,
    extra: false,
    policyChoices,
  });
  return {
    store,
    databaseUrl,
    async calculate(calculationDate, daysBack) {
      const runId = randomUUID();
      const parameters = parametersOf(calculationDate, daysBack);
      const request = requestFrom(indicatorsDailyCalculation, parameters, parameters.nominalTime);
      const run = { workflowId: runId, runId, flow, startedAt: new Date().toISOString(), request };
      const sessions = indicatorsDailyCalculation.sessions(request, exchangeCalendar);
      await insertRun(store.db, { ...run, parameters, sessions });
      const { batches, atOnce, wish } = await activities.planIndicators(run);
      await inLanes([...batches], atOnce, (span) =>
        new MockActivityEnvironment().run(() => activities.computeIndicatorBatch(wish, span)),
      );
      return activities.finishIndicatorRun(run, { waitedFor: null, wentOnWithout: null });
    },
    async end() {
      await threads.end();
      await store.close();
      await stopPostgres(postgres.process);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
