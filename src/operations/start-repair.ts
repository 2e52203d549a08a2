import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { exchangeCalendar } from '../calendar/exchange-calendar.ts';
import type { Config } from '../config.ts';
import { repairGaps as flow, type repairWish } from '../flows/gap-flows.ts';
import { requestFrom } from '../flows/input.ts';
import { plannedRun } from '../flows/runs.ts';
import type { RepairRequest } from '../runs/side-requests.ts';
import { workFace } from '../temporal/names.ts';
import type { StartedRun } from './start-run.ts';

interface RepairDeps {
  readonly client: Client;
  readonly config: Pick<Config, 'taskQueues'>;
  /** Who asks, for the ledger and Temporal's memo. */
  readonly startedBy: string;
}

/** Starts a repair; the same asked twice on a day is one run while it goes on. Throws what `requestFrom` throws. */
export async function startRepair(
  { client, config, startedBy }: RepairDeps,
  parameters: object,
): Promise<StartedRun> {
  const request: RepairRequest = requestFrom<typeof repairWish, RepairRequest>(
    flow,
    parameters,
    new Date().toISOString(),
  );
  const { workflowId } = plannedRun(flow, request, exchangeCalendar);
  const { range, symbols } = request;
  const whose = symbols === undefined ? 'every symbol' : `${symbols.length} symbols`;
  const when = range === null ? 'all that is stored' : `${range.from} to ${range.to}`;
  try {
    const handle = await client.workflow.start(flow.type, {
      workflowId,
      taskQueue: config.taskQueues[flow.pool],
      args: [parameters],
      workflowIdConflictPolicy: 'FAIL',
      priority: { priorityKey: flow.priorityKey },
      ...workFace(flow, `asks for what lacks: ${whose}, ${when}`, startedBy),
    });
    return { workflowId, runId: handle.firstExecutionRunId, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    return { workflowId, runId: raw.workflowExecutionInfo?.firstRunId ?? '', joined: true };
  }
}
