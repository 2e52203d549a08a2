import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleHandle } from '@temporalio/client';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import { declarations } from '../../schedules/index.ts';
import { flows } from '../flows/index.ts';
import { withWorkers } from './context.ts';
import { existing } from './known-schedule.ts';
import { note, printJson } from './output.ts';
import { parseChoice } from './parameters.ts';
import type { JsonOption } from './shared-options.ts';

const pollMs = 100;
const deadlineMs = 30_000;

/** Fires a schedule now and says which run that is. */
export async function triggerSchedule(id: string, { json }: JsonOption): Promise<void> {
  const flow = parseChoice(
    'the schedule',
    id,
    declarations.map((declaration) => declaration.flow),
  );
  await withWorkers(flows[flow].pool, flows[flow].asks, async ({ client, config }) => {
    const fired = await existing(flow, () => fire(client.schedule.getHandle(flow)));
    const firing = client.workflow.getHandle<() => Promise<FiringOutcome>>(fired);
    const { outcome, workflowId, runId, reason } = await firing.result();
    if (json)
      printJson(
        { id, outcome, workflowId, runId, ...(reason === undefined ? {} : { reason }) },
        config.market,
      );
    else if (reason !== undefined) note(`nothing due: ${reason}`);
    else note(`${outcome} ${workflowId}${runId === null ? '' : ` (${runId})`}`);
  });
}

/** Fires a schedule and returns the id of the workflow that this starts; throws when none is seen in time. */
async function fire(schedule: ScheduleHandle): Promise<string> {
  const firings = async () =>
    (await schedule.describe()).info.recentActions.map(({ action }) => action.workflow.workflowId);
  const before = new Set(await firings());
  await schedule.trigger();
  const end = performance.now() + deadlineMs;
  for (;;) {
    const fired = (await firings()).find((id) => !before.has(id));
    if (fired !== undefined) return fired;
    if (performance.now() >= end) {
      throw new Error(`${schedule.scheduleId} was told to fire and has not after ${deadlineMs / 1000} s`);
    }
    await delay(pollMs);
  }
}
