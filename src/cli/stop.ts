import { stopPostgres } from '../runtime/embedded-postgres.ts';
import { stopProcess } from '../runtime/processes.ts';
import { readState, removeState } from '../runtime/state.ts';
import { stopTemporal } from '../runtime/temporal-server.ts';

/** Longer than a worker's own grace. */
const workerDeadlineMs = 40_000;

/**
 * Ends what the state of a home names, in the order in which nothing is missed: workers drain while Temporal and
 * PostgreSQL still serve them. Processes that are gone, or are others by now, are left alone.
 */
export async function stopLeftovers(home: string): Promise<void> {
  const state = readState(home);
  if (state === null) return;
  const drain = { signal: 'SIGTERM', deadlineMs: workerDeadlineMs } as const;
  const first = [...state.workers, ...(state.dashboard === null ? [] : [state.dashboard])];
  await Promise.all(first.map(({ process }) => stopProcess(process, drain)));
  if (state.simulator) await stopProcess(state.simulator.process, drain);
  if (state.temporal) await stopTemporal(state.temporal.process);
  if (state.database) await stopPostgres(state.database.process);
  removeState(home);
}
