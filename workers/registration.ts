import type { Logger } from '../src/log.ts';
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

/**
 * Enters a worker into the store and keeps its sign of life fresh, and what its Temporal server calls its namespace by
 * then; returns what takes it out again.
 */
export async function keepRegistered(
  db: Database,
  logger: Logger,
  worker: WorkerRecord,
  namespaceId: () => Promise<string>,
): Promise<() => Promise<void>> {
  const neighbours = await liveWorkers(db, worker.pool);
  const dead = neighbours
    .filter(({ host, pid }) => host === worker.host && !isAlive(pid))
    .map(({ pid }) => pid);
  await registerWorker(db, worker, dead);
  const beat = setInterval(() => {
    namespaceId()
      // A server that does not answer says nothing of which it is.
      .catch(() => null)
      .then((id) => touchWorker(db, worker.identity, id))
      .catch((error: unknown) => logger.warn({ error }, 'no sign of life could be given'));
  }, workerSilenceMs / 3);
  return async () => {
    clearInterval(beat);
    await retireWorker(db, worker.identity);
  };
}
