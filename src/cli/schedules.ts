import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import type { Command } from 'commander';
import { pruneSchedules } from '../../schedules/apply.ts';
import { declarations } from '../../schedules/index.ts';
import { readSchedule, readSchedules, type ScheduleDetails } from '../../schedules/read.ts';
import { isFlowName } from '../flows/index.ts';
import { applyDeclared } from './apply-schedules.ts';
import { withTemporal, type TemporalContext } from './context.ts';
import { UsageError } from './errors.ts';
import { marketMark, note, printJson, printTable } from './output.ts';
import { parseChoice } from './parameters.ts';
import { triggerSchedule } from './trigger-schedule.ts';

interface Options {
  readonly json?: true;
}

const scheduled = declarations.map(({ flow }) => flow);

export function addSchedulesCommand(program: Command): void {
  const schedules = program.command('schedules').description('what runs by the clock');
  schedules
    .command('apply')
    .description('make the server what is declared; an operator’s pause stays')
    .option('--flow <id>', `only that one: ${scheduled.join(', ')}`)
    .option('--prune', 'remove what is no longer declared')
    .option('--json', 'one JSON document')
    .action((options: ApplyOptions) => withTemporal((context) => apply(context, options)));
  schedules
    .command('list')
    .description('every schedule, when it runs next and whether it is paused')
    .option('--json', 'one JSON document')
    .action((options: Options) => withTemporal((context) => list(context, options)));
  schedules
    .command('inspect <id>')
    .description('one schedule: what it does, what it did, its next times')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options) => withTemporal((context) => inspect(context, id, options)));
  schedules
    .command('pause <id>')
    .description('stop firing until somebody resumes it')
    .option('--reason <text>', 'kept with the pause', 'paused by hand (barwright schedules pause)')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options & { readonly reason: string }) =>
      withTemporal(async ({ client }) => {
        await existing(id, () => client.schedule.getHandle(id).pause(reasonOf(options.reason)));
        said(options, { id, paused: true }, `${id} is paused`);
      }),
    );
  schedules
    .command('resume <id>')
    .description('fire again; what was due meanwhile is not caught up')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options) =>
      withTemporal(async ({ client }) => {
        await existing(id, () => client.schedule.getHandle(id).unpause(' '));
        said(options, { id, paused: false }, `${id} fires again`);
      }),
    );
  schedules
    .command('trigger <id>')
    .description('fire it now')
    .option('--json', 'one JSON document')
    .action((id: string, options: Options) => triggerSchedule(id, options));
}

function said({ json }: Options, document: object, text: string): void {
  if (json) printJson(document);
  else note(text);
}

/** Our own mark would let the next `up` lift it. */
function reasonOf(text: string): string {
  return text.trim().startsWith('barwright:') ? `by hand: ${text.trim()}` : text.trim() || 'paused by hand';
}

interface ApplyOptions extends Options {
  readonly flow?: string;
  readonly prune?: true;
}

async function apply(
  { client, config }: TemporalContext,
  { flow, prune, json }: ApplyOptions,
): Promise<void> {
  if (flow !== undefined && isFlowName(flow) && !scheduled.some((id) => id === flow)) {
    throw new UsageError(
      `${flow} has no schedule`,
      'it runs on demand: barwright run, or barwright backfill',
    );
  }
  const chosen = flow === undefined ? null : parseChoice('--flow', flow, scheduled);
  const applied = await applyDeclared(client, config, chosen);
  const removed = prune ? await pruneSchedules(client, declarations) : [];
  if (json) {
    printJson({ schedules: applied, removed });
    return;
  }
  for (const { id, change, paused, note: reason } of applied) {
    note(`${id}: ${change}${paused ? `, paused (${reason})` : ''}`);
  }
  for (const id of removed) note(`${id}: removed`);
}

async function list({ client, config }: TemporalContext, { json }: Options): Promise<void> {
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

async function inspect({ client }: TemporalContext, id: string, { json }: Options): Promise<void> {
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

async function requireSchedule(client: Client, id: string): Promise<ScheduleDetails> {
  const schedule = await readSchedule(client, id);
  if (schedule === null) throw unknownSchedule(id);
  return schedule;
}

async function existing(id: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
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
