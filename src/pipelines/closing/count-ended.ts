import { runFlowOf } from '../../flows/run-flows.ts';
import { count, setGauge } from '../../metrics/measuring.ts';
import type { Database } from '../../store/database.ts';
import { endOfRun } from '../../store/run-ends.ts';
import { closeRun } from '../../store/runs.ts';

/** Counts a run that this process has closed, and its loads by how they ended. */
export async function countEnded(db: Database, runId: string): Promise<void> {
  const end = await endOfRun(db, runId);
  if (end === null) return;
  const { status, lastSession, loads } = end;
  // What a person has started under a name that is none may be called anything.
  const flow = runFlowOf(end.flow)?.name ?? 'unknown';
  count('runs', 1, { flow, status });
  if (status === 'completed') setGauge('lastSession', Date.parse(lastSession) / 1000, { flow });
  for (const { source, interval, errorKind, number, ...load } of loads)
    count('loads', number, {
      provider: source,
      interval,
      status: load.status,
      error_kind: errorKind ?? 'none',
    });
}

/** Closes a run, and counts it where it was open until now. */
export async function closeCounted(
  db: Database,
  runId: string,
  end: Parameters<typeof closeRun>[2],
): Promise<void> {
  if (await closeRun(db, runId, end)) await countEnded(db, runId);
}
