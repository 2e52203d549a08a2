import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { readSchedule, type ScheduleDetails } from '../../schedules/read.ts';
import { UsageError } from './errors.ts';

/** What the server has of a schedule; throws `UsageError`. */
export async function requireSchedule(client: Client, id: string): Promise<ScheduleDetails> {
  const schedule = await readSchedule(client, id);
  if (schedule === null) throw unknownSchedule(id);
  return schedule;
}

/** Does work on a schedule; throws `UsageError` where the server has none of that id. */
export async function existing<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ScheduleNotFoundError ? unknownSchedule(id) : error;
  }
}

function unknownSchedule(id: string): UsageError {
  return new UsageError(
    `there is no schedule ${JSON.stringify(id)} on the server`,
    'barwright schedules list shows them; barwright schedules apply makes those that are declared',
  );
}
