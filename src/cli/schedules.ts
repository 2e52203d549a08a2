import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { pruneSchedules } from '../../schedules/apply.ts';
import { declarations } from '../../schedules/index.ts';
import type { Market } from '../config.ts';
import { isFlowName } from '../flows/index.ts';
import { keepPauses } from '../store/schedule-pauses.ts';
import { namespaceIdOf } from '../temporal/namespace-id.ts';
import { pausesOf } from '../temporal/paused-schedules.ts';
import { applyDeclared } from './apply-schedules.ts';
import {
  withStore,
  withStoreAndTemporal,
  withTemporal,
  type StoreContext,
  type TemporalContext,
} from './context.ts';
import { errorReport, UsageError } from './errors.ts';
import { existing } from './known-schedule.ts';
import { note, printJson } from './output.ts';
import { parseChoice } from './parameters.ts';
import { inspectSchedule, listSchedules } from './show-schedules.ts';
import { triggerSchedule } from './trigger-schedule.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions } from './table/column.ts';

const scheduled = declarations.map(({ flow }) => flow);

export function addSchedulesCommand(program: Command): void {
  const schedules = program.command('schedules').description('what runs by the clock');
  schedules
    .command('apply')
    .description('make the server what is declared; an operator’s pause stays')
    .option('--flow <id>', `only that one: ${scheduled.join(', ')}`)
    .option('--prune', 'remove what is no longer declared')
    .addOption(jsonOption)
    .action((options: ApplyOptions) => withStoreAndTemporal((context) => apply(context, options)));
  addTableOptions(schedules.command('list'))
    .description('every schedule, when it runs next and whether it is paused')
    .addOption(jsonOption)
    .action(listSchedules);
  addTableOptions(schedules.command('inspect <id>'))
    .description('one schedule: what it does, what it did, its next times')
    .addOption(jsonOption)
    .action(inspectSchedule);
  schedules
    .command('pause <id>')
    .description('stop firing until somebody resumes it')
    .option('--reason <text>', 'kept with the pause', 'paused by hand (barwright schedules pause)')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption & { readonly reason: string }) =>
      withTemporal(async ({ client, config }) => {
        await existing(id, () => client.schedule.getHandle(id).pause(reasonOf(options.reason)));
        await keepPauseSeen(client, id);
        said(options, { id, paused: true }, { market: config.market, text: `${id} is paused` });
      }),
    );
  schedules
    .command('resume <id>')
    .description('fire again; what was due meanwhile is not caught up')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption) =>
      withTemporal(async ({ client, config }) => {
        await existing(id, () => client.schedule.getHandle(id).unpause(' '));
        await keepPauseSeen(client, id);
        said(options, { id, paused: false }, { market: config.market, text: `${id} fires again` });
      }),
    );
  schedules
    .command('trigger <id>')
    .description('fire it now')
    .addOption(jsonOption)
    .action((id: string, options: JsonOption) => triggerSchedule(id, options));
}

function said(
  { json }: JsonOption,
  document: object,
  { market, text }: { readonly market: Market; readonly text: string },
): void {
  if (json) printJson(document, market);
  else note(text);
}

/** A pause is kept in the database as well; without one it holds all the same. */
async function keepPauseSeen(client: Client, id: string): Promise<void> {
  try {
    await withStore(async ({ store: { db } }) => {
      await keepPauses(db, await namespaceIdOf(client), await pausesOf(client, [id]));
    });
  } catch (error) {
    note(
      `it is so in Temporal, and will be kept in the database once that can be reached: ${errorReport(error).message}`,
    );
  }
}

/** Our own mark would let the next `up` lift it. */
function reasonOf(text: string): string {
  return text.trim().startsWith('barwright:') ? `by hand: ${text.trim()}` : text.trim() || 'paused by hand';
}

interface ApplyOptions extends JsonOption {
  readonly flow?: string;
  readonly prune?: true;
}

async function apply(
  { client, config, store: { db } }: TemporalContext & StoreContext,
  { flow, prune, json }: ApplyOptions,
): Promise<void> {
  if (flow !== undefined && isFlowName(flow) && !scheduled.some((id) => id === flow)) {
    throw new UsageError(
      `${flow} has no schedule`,
      'it runs on demand: barwright run, or barwright backfill',
    );
  }
  const chosen = flow === undefined ? null : parseChoice('--flow', flow, scheduled);
  const applied = await applyDeclared({ client, db }, config, chosen);
  const removed = prune ? await pruneSchedules(client, declarations) : [];
  if (json) {
    printJson({ schedules: applied, removed }, config.market);
    return;
  }
  for (const { id, change, paused, note: reason } of applied) {
    note(`${id}: ${change}${paused ? `, paused (${reason})` : ''}`);
  }
  for (const id of removed) note(`${id}: removed`);
}
