import { readSchedules } from '../../schedules/read.ts';
import type { TemporalContext } from './context.ts';
import { requireSchedule } from './known-schedule.ts';
import { marketMark, printJson, printTable } from './output.ts';
import type { JsonOption } from './shared-options.ts';

/** Prints every schedule of the server. */
export async function listSchedules(
  { client, config }: TemporalContext,
  { json }: JsonOption,
): Promise<void> {
  const schedules = await readSchedules(client);
  if (json) {
    printJson({ schedules });
    return;
  }
  process.stdout.write(`${marketMark(config.market)}schedules\n`);
  printTable(
    ['id', 'cron', 'time zone', 'paused', 'next run', 'last run', 'pool'],
    schedules.map(({ id, cron, timeZone, paused, note: reason, nextRunAt, lastRunAt, pool }) => [
      id,
      cron,
      timeZone,
      paused ? (reason ?? 'paused') : '',
      nextRunAt,
      lastRunAt,
      pool,
    ]),
  );
}

/** Prints one schedule; throws `UsageError` where there is none. */
export async function inspectSchedule(
  { client }: TemporalContext,
  id: string,
  { json }: JsonOption,
): Promise<void> {
  const schedule = await requireSchedule(client, id);
  if (json) {
    printJson(schedule);
    return;
  }
  printTable(
    ['', id],
    Object.entries(schedule).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
