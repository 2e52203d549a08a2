import { expireRun } from './activity-proxies.ts';
import { closing } from './run-end.ts';
import type { RunContext } from './run-lifecycle.ts';
import type { Interruption } from './steering.ts';

/**
 * Has work done within the run's time-out, from now on, as often as a pause breaks it off: it goes on with what is left.
 * What the time was too short for is given up, and the ledger says so.
 */
export async function workThrough(
  { run, policy, steering }: RunContext,
  work: () => Promise<void>,
): Promise<void> {
  steering.limit(steering.workedMs() + policy.timeoutSeconds * 1000);
  let interruption: Interruption;
  do {
    interruption = await steering.guard(work);
    await steering.untilRunning();
  } while (interruption === 'interrupted');
  if (interruption === 'expired')
    await steering.within(closing, () => expireRun(run.runId, policy.timeoutSeconds));
}
