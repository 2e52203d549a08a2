import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { scheduleOwner } from './names.ts';

/** Whether a schedule stands still, and what is noted of that. */
export interface ScheduleState {
  readonly paused: boolean;
  readonly note: string;
}

/** Marks a pause as ours in its note: we may lift it. An operator's stays. */
export const ownMark = 'barwright: ';

/** Whether a person has paused a schedule: what we have paused ourselves we lift again. */
export function isPausedByPeople({ paused, note }: ScheduleState): boolean {
  return paused && !note.startsWith(ownMark);
}

/** Which of our schedules people have paused, and why; of those with these ids, or of all that the server lists. */
export async function pausesOf(
  client: Client,
  ids?: readonly string[],
): Promise<readonly (ScheduleState & { readonly id: string })[]> {
  const found = await Promise.all((ids ?? (await listed(client))).map((id) => stateOf(client, id)));
  return found.flatMap((one) => (one === null ? [] : { ...one, paused: isPausedByPeople(one) }));
}

async function listed(client: Client): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { scheduleId, memo } of client.schedule.list()) {
    if (memo?.owner === scheduleOwner) ids.push(scheduleId);
  }
  return ids;
}

async function stateOf(
  client: Client,
  id: string,
): Promise<(ScheduleState & { readonly id: string }) | null> {
  try {
    const { state } = await client.schedule.getHandle(id).describe();
    return { id, paused: state.paused, note: state.note ?? '' };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
