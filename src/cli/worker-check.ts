import { hostname } from 'node:os';
import type { Pool } from '../flows/pools.ts';
import { isAlive } from '../runtime/processes.ts';
import { liveWorkers, workerSilenceMs } from '../store/workers.ts';
import { withStore } from './context.ts';
import { note } from './output.ts';

const answersWithinMs = 5_000;

/**
 * Whether this machine's worker of a pool is entered in the database, gives signs of life, is a process that runs and
 * serves its metrics: for the health check of its container. Exit code 1 and one line where it is not.
 */
export async function checkWorker(pool: Pool): Promise<void> {
  await withStore(async ({ store: { db } }) => {
    const here = (await liveWorkers(db, pool)).filter(({ host }) => host === hostname());
    const running = here.filter(({ pid }) => isAlive(pid));
    const troubles = await Promise.all(running.map(({ metricsAddress }) => metricsTrouble(metricsAddress)));
    if (troubles.includes(null)) return;
    process.exitCode = 1;
    const [trouble] = troubles;
    if (trouble != null) {
      note(`the metrics of the worker of the pool ${pool}: ${trouble}`);
      return;
    }
    const silence = `has given a sign of life in the last ${workerSilenceMs / 1000} s`;
    note(
      here.length > 0
        ? `the worker of the pool ${pool} that ${silence} runs no longer`
        : `no worker of the pool ${pool} on ${hostname()} ${silence}`,
    );
  });
}

/** Why a page of metrics does not answer; null: it does, or they go to a collector. */
async function metricsTrouble(address: string | null | undefined): Promise<string | null> {
  if (address == null) return null;
  const url = `http://${address}/metrics`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs) });
    await answer.body?.cancel();
    return answer.ok ? null : `${url} answers ${answer.status}`;
  } catch (error) {
    return `${url} does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
