import { readSchedules, type ScheduleView } from '../../schedules/read.ts';
import { withTemporal } from './context.ts';
import { requireSchedule } from './known-schedule.ts';
import { printJson, printTable } from './output.ts';
import type { JsonOption } from './shared-options.ts';
import { chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { factColumns, factsOf } from './table/facts.ts';
import { wallClock } from '../operations/wall-clock.ts';
import { loadConfig } from '../config.ts';

function columnsIn(zone: string): readonly Column<ScheduleView>[] {
  const { minute } = wallClock(zone);
  return [
    { name: 'id', cell: ({ id }) => id },
    { name: 'next run', cell: ({ nextRunAt }) => minute(nextRunAt) },
    { name: 'last run', cell: ({ lastRunAt }) => minute(lastRunAt), rank: 2 },
    { name: 'paused', cell: ({ paused, note }) => (paused ? (note ?? 'paused') : null), least: 12 },
    { name: 'cron', cell: ({ cron }) => cron, rank: 2 },
    { name: 'time zone', cell: ({ timeZone }) => timeZone, rank: 3 },
    { name: 'pool', cell: ({ pool }) => pool, rank: 3 },
    { name: 'description', cell: ({ description }) => description, rank: 3, least: 20 },
  ];
}

/** Prints every schedule of the server. */
export async function listSchedules(options: JsonOption & TableOptions): Promise<void> {
  const { displayTimeZone: zone } = loadConfig();
  const columns = columnsIn(zone);
  const choice = chosenColumns(columns, options);
  await withTemporal(async ({ client, config: { market } }) => {
    const schedules = await readSchedules(client);
    if (options.json) printJson({ schedules }, market);
    else printTable({ title: `schedules; times of ${zone}`, market, columns, rows: schedules }, choice);
  });
}

/** Prints one schedule; throws `UsageError` where there is none. */
export async function inspectSchedule(id: string, options: JsonOption & TableOptions): Promise<void> {
  const choice = chosenColumns(factColumns, options);
  await withTemporal(async ({ client, config: { market, displayTimeZone: zone } }) => {
    const schedule = await requireSchedule(client, id);
    if (options.json) {
      printJson(schedule, market);
      return;
    }
    const { second } = wallClock(zone);
    const { nextRunAt, lastRunAt, recent, next, ...others } = schedule;
    const rows = factsOf({
      ...others,
      nextRunAt: second(nextRunAt),
      lastRunAt: second(lastRunAt),
      recent: recent.map(({ scheduledAt, workflowId }) => `${second(scheduledAt)} ${workflowId}`),
      next: next.map((time) => second(time)),
    });
    printTable({ title: `${id}; times of ${zone}`, market, columns: factColumns, rows }, choice);
  });
}
