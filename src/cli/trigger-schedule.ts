import { setTimeout as delay } from 'node:timers/promises';
import { ScheduleNotFoundError } from '@temporalio/client';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import { declarations } from '../../schedules/index.ts';
import { flows } from '../flows/index.ts';
import { openWorkerContext } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson } from './output.ts';
import { parseChoice } from './parameters.ts';

const pollMs = 100;
const deadlineMs = 30_000;

/** Fires a schedule now and says which run that is. */
export async function triggerSchedule(id: string, { json }: { readonly json?: true }): Promise<void> {
  const flow = parseChoice(
    'the schedule',
    id,
    declarations.map((declaration) => declaration.flow),
  );
  const operating = await openWorkerContext(flows[flow].pool, flows[flow].asks);
  try {
    const { client } = operating;
    const schedule = client.schedule.getHandle(flow);
    const firings = async () => (await schedule.describe()).info.recentActions;
    const before = new Set((await firings()).map(({ action }) => action.workflow.workflowId));
    await schedule.trigger();
    const end = performance.now() + deadlineMs;
    for (;;) {
      const fired = (await firings())
        .map(({ action }) => action.workflow)
        .find(({ workflowId }) => !before.has(workflowId));
      if (fired !== undefined) {
        const firing = client.workflow.getHandle<() => Promise<FiringOutcome>>(fired.workflowId);
        const { outcome, workflowId, runId, reason } = await firing.result();
        if (json) printJson({ id, outcome, workflowId, runId, ...(reason === undefined ? {} : { reason }) });
        else if (reason !== undefined) note(`nothing due: ${reason}`);
        else note(`${outcome} ${workflowId}${runId === null ? '' : ` (${runId})`}`);
        return;
      }
      if (performance.now() >= end)
        throw new Error(`${id} was told to fire and has not after ${deadlineMs / 1000} s`);
      await delay(pollMs);
    }
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new UsageError(
      `there is no schedule ${id} on the server`,
      'make it with barwright schedules apply',
    );
  } finally {
    await operating.close();
  }
}
