import type { Logger } from '../src/log.ts';
import type { Meter } from '../src/metrics/measuring.ts';
import { isAlive } from '../src/runtime/processes.ts';
import type { Database } from '../src/store/database.ts';
import {
  liveWorkers,
  registerWorker,
  retireWorker,
  touchWorker,
  workerSilenceMs,
  type WorkerRecord,
} from '../src/store/workers.ts';

interface RegistrationDeps {
  readonly db: Database;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Enters a worker into the store and keeps its sign of life fresh, and what its Temporal server calls its namespace by
 * then; returns what takes it out again.
 */
export async function keepRegistered(
  { db, logger, meter }: RegistrationDeps,
  worker: WorkerRecord,
  namespaceId: () => Promise<string>,
): Promise<() => Promise<void>> {
  const neighbours = await liveWorkers(db, worker.pool);
  const dead = neighbours
    .filter(({ host, pid }) => host === worker.host && !isAlive(pid))
    .map(({ pid }) => pid);
  const told = (write: () => Promise<void>) => timed(meter, write);
  await told(() => registerWorker(db, worker, dead));
  const beat = setInterval(() => {
    namespaceId()
      // A server that does not answer says nothing of which it is.
      .catch(() => null)
      .then((id) => told(() => touchWorker(db, worker.identity, id)))
      .catch((error: unknown) => logger.warn({ error }, 'no sign of life could be given'));
  }, workerSilenceMs / 3);
  return async () => {
    clearInterval(beat);
    await retireWorker(db, worker.identity);
  };
}

/** Writes to the database, and counts how long it took and whether it did. */
async function timed(meter: Meter, write: () => Promise<void>): Promise<void> {
  const since = performance.now();
  let up = 0;
  try {
    await write();
    up = 1;
  } finally {
    meter.set('databaseUp', up, {});
    if (up === 1) meter.observe('databaseSeconds', (performance.now() - since) / 1000, {});
  }
}
