import { hostname } from 'node:os';
import type { Pool } from '../flows/pools.ts';
import { isAlive } from '../runtime/processes.ts';
import { liveWorkers, workerSilenceMs } from '../store/workers.ts';
import { withStore } from './context.ts';
import { note } from './output.ts';

/**
 * Whether this machine's worker of a pool is entered in the database, gives signs of life and is a process that runs: for
 * the health check of its container. Exit code 1 and one line where it is not.
 */
export async function checkWorker(pool: Pool): Promise<void> {
  await withStore(async ({ store: { db } }) => {
    const here = (await liveWorkers(db, pool)).filter(({ host }) => host === hostname());
    const running = here.filter(({ pid }) => isAlive(pid));
    if (running.length > 0) return;
    const silence = `has given a sign of life in the last ${workerSilenceMs / 1000} s`;
    note(
      here.length > 0
        ? `the worker of the pool ${pool} that ${silence} runs no longer`
        : `no worker of the pool ${pool} on ${hostname()} ${silence}`,
    );
    process.exitCode = 1;
  });
}
