import { ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import { z } from 'zod';
import { flows, isFlowName } from '../src/flows/index.ts';
import { scheduleOwner } from '../src/temporal/names.ts';
import { declarations } from './index.ts';

/** A schedule as it is on the server. */
export interface ScheduleView {
  readonly id: string;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly pool: string | null;
  readonly tags: readonly string[];
  readonly description: string | null;
}

/** With what it does, what it did and what it will do next. */
export interface ScheduleDetails extends ScheduleView {
  readonly request: unknown;
  readonly overlap: string;
  readonly catchupWindowSeconds: number;
  readonly jitterSeconds: number;
  readonly firings: number;
  readonly missedFirings: number;
  readonly skippedFirings: number;
  readonly recent: readonly { readonly scheduledAt: string; readonly workflowId: string }[];
  readonly next: readonly string[];
}

/** Every schedule of ours on the server, declared or left over, in the order of their ids. */
export async function readSchedules(client: Client): Promise<readonly ScheduleView[]> {
  // The server's list runs behind: what is declared is asked for by name.
  const ids = new Set<string>(declarations.map(({ flow }) => flow));
  for await (const { scheduleId, memo } of client.schedule.list()) {
    if (memo?.owner === scheduleOwner) ids.add(scheduleId);
  }
  const found = await Promise.all([...ids].sort().map((id) => describe(client, id)));
  return found.flatMap((description) => (description === null ? [] : viewOf(description)));
}

/** One schedule in detail; null when there is none of that id. */
export async function readSchedule(client: Client, id: string): Promise<ScheduleDetails | null> {
  const description = await describe(client, id);
  if (description === null) return null;
  const { spec, policies, info, action } = description;
  return {
    ...viewOf(description),
    request: requestOf(action.args?.[0]),
    overlap: policies.overlap ?? 'SKIP',
    catchupWindowSeconds: policies.catchupWindow / 1000,
    jitterSeconds: (spec.jitter ?? 0) / 1000,
    firings: info.numActionsTaken,
    missedFirings: info.numActionsMissedCatchupWindow,
    skippedFirings: info.numActionsSkippedOverlap,
    recent: info.recentActions.map(({ scheduledAt, action: { workflow } }) => ({
      scheduledAt: scheduledAt.toISOString(),
      workflowId: workflow.workflowId,
    })),
    next: info.nextActionTimes.map((time) => time.toISOString()),
  };
}

async function describe(client: Client, id: string): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

const firing = z.object({ flow: z.string(), parameters: z.unknown() });

/** The parameters of a firing with the flow's defaults filled in; null for a firing that is not ours. */
function requestOf(argument: unknown): unknown {
  const { flow, parameters } = firing.safeParse(argument).data ?? {};
  if (flow === undefined || !isFlowName(flow)) return null;
  return flows[flow].parameters.safeParse(parameters).data ?? parameters;
}

const memoSchema = z.object({ pool: z.string(), tags: z.array(z.string()), description: z.string() });

function viewOf({ scheduleId, spec, state, info, action }: ScheduleDescription): ScheduleView {
  const memo = memoSchema.safeParse(action.memo).data;
  return {
    id: scheduleId,
    cron: spec.calendars?.map(({ comment }) => comment).find(Boolean) ?? null,
    timeZone: spec.timezone ?? null,
    paused: state.paused,
    note: state.note ? state.note : null,
    nextRunAt: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
    lastRunAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    pool: memo?.pool ?? null,
    tags: memo?.tags ?? [],
    description: memo?.description ?? null,
  };
}
