import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { flows } from '../src/flows/index.ts';
import type { ScheduledFiring } from '../src/flows/other-workflows.ts';
import type { Pool } from '../src/flows/pools.ts';
import { flowAttributes, scheduleOwner, tagsFor } from '../src/temporal/names.ts';
import { isPausedByPeople, ownMark, type ScheduleState } from '../src/temporal/paused-schedules.ts';
import type { Patience } from '../src/temporal/unmapped-attributes.ts';
import { calendarOf } from './cron-calendar.ts';
import { timeZone, type ScheduleDeclaration } from './declaration.ts';
import { toldWhole } from './refused.ts';

/**
 * A server that was down for longer than that has lost firings; the coverage report shows what is missing. It keeps a
 * thousand that are due at once: an hourly schedule has 552 in that time.
 */
const catchupWindowMs = 31 * 86_400_000;

export interface ApplyOptions {
  readonly declarations: readonly ScheduleDeclaration[];
  readonly taskQueues: Readonly<Record<Pool, string>>;
  /** Why a declared schedule has to stay paused for now; null when it need not. */
  readonly holdBack: (declaration: ScheduleDeclaration) => string | null;
  /** Pauses of people that are kept elsewhere, by schedule, with their notes: what the server has lost is made with them. */
  readonly kept: ReadonlyMap<string, string>;
  /** How long a server may take until it knows our search attributes. */
  readonly patience?: Patience;
}

export interface AppliedSchedule {
  readonly id: string;
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly paused: boolean;
  readonly note: string;
}

/** Makes the server's schedules what is declared. What is so already is not touched; an operator's pause is kept. */
export async function applySchedules(
  client: Client,
  options: ApplyOptions,
): Promise<readonly AppliedSchedule[]> {
  const applied: AppliedSchedule[] = [];
  for (const declaration of options.declarations) {
    applied.push(
      await toldWhole(declaration.flow, options.patience, () => applySchedule(client, declaration, options)),
    );
  }
  return applied;
}

async function applySchedule(
  client: Client,
  declaration: ScheduleDeclaration,
  { taskQueues, holdBack, kept }: ApplyOptions,
): Promise<AppliedSchedule> {
  const reason = holdBack(declaration);
  const held = { paused: reason !== null, note: reason === null ? '' : `${ownMark}${reason}` };
  const declared = optionsOf(declaration, taskQueues[flows[declaration.flow].pool]);
  const id = declared.scheduleId;
  const note = kept.get(id);
  const first = note === undefined ? held : { paused: true, note };
  try {
    await client.schedule.create({ ...declared, state: first });
    return { id, change: 'created', ...first };
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(id);
  const current = await handle.describe();
  const state = stateAfter(current.state, held);
  const same = isDeepStrictEqual(
    [comparable(current), current.state.paused, current.state.note ?? ''],
    [comparableOf(declaration, declared), state.paused, state.note],
  );
  if (same) return { id, change: 'unchanged', ...state };
  const { memo: _memo, scheduleId: _id, ...rest } = declared;
  await handle.update((now) => ({ ...rest, state: stateAfter(now.state, held) }));
  return { id, change: 'updated', ...state };
}

/** Whether and why it is paused from now on: what a person has paused stays as it is. */
function stateAfter(current: ScheduleDescription['state'], held: ScheduleState): ScheduleState {
  const note = current.note ?? '';
  if (isPausedByPeople({ paused: current.paused, note })) return { paused: true, note };
  if (held.paused) return held;
  return { paused: false, note: current.paused ? '' : note };
}

type Declared = ScheduleOptions & { readonly scheduleId: string };

function optionsOf(declaration: ScheduleDeclaration, taskQueue: string): Declared {
  const { cron, parameters } = declaration;
  const flow = flows[declaration.flow];
  const { name, description, pool } = flow;
  const memo = { owner: scheduleOwner, description, tags: tagsFor(flow, 'scheduled'), pool };
  const firing: ScheduledFiring = { flow: name, parameters };
  return {
    scheduleId: name,
    // The server keeps a cron line as a calendar; its comment keeps the line.
    spec: { cronExpressions: [`${cron} # ${cron}`], timezone: timeZone, jitter: 0 },
    action: {
      type: 'startWorkflow',
      workflowType: 'startScheduledRun',
      workflowId: `scheduled/${name}`,
      taskQueue,
      args: [firing],
      memo,
      staticSummary: `starts the run that is due: ${description}`,
      typedSearchAttributes: new TypedSearchAttributes(flowAttributes(flow, 'scheduled')),
    },
    // Each firing does the sessions of its own time, under an id of their own: one must never cost another.
    policies: { overlap: 'ALLOW_ALL', catchupWindow: catchupWindowMs, pauseOnFailure: false },
    memo,
    typedSearchAttributes: new TypedSearchAttributes(flowAttributes(flow, 'scheduled')),
  };
}

/** What a schedule does and when, in one form for what is there and for what is declared. */
function comparable({ spec, action, policies, typedSearchAttributes }: ScheduleDescription) {
  const { calendars = [], intervals = [], skip = [], startAt, endAt, jitter = 0, timezone } = spec;
  return plain({
    spec: { calendars, intervals, skip, startAt, endAt, jitter, timezone },
    action: {
      workflowType: action.workflowType,
      workflowId: action.workflowId,
      taskQueue: action.taskQueue,
      args: action.args,
      memo: action.memo,
      staticSummary: action.staticSummary,
      attributes: namedValues(action.typedSearchAttributes),
    },
    policies,
    attributes: namedValues(typedSearchAttributes),
  });
}

function comparableOf({ cron }: ScheduleDeclaration, { action, policies, ...declared }: Declared) {
  return plain({
    spec: {
      calendars: [{ ...calendarOf(cron), comment: cron }],
      intervals: [],
      skip: [],
      jitter: 0,
      timezone: declared.spec.timezone,
    },
    action: {
      ...action,
      type: undefined,
      typedSearchAttributes: undefined,
      attributes: namedValues(action.typedSearchAttributes),
    },
    policies,
    attributes: namedValues(declared.typedSearchAttributes),
  });
}

function namedValues(attributes: ScheduleOptions['typedSearchAttributes']) {
  const pairs = attributes instanceof TypedSearchAttributes ? attributes.getAll() : (attributes ?? []);
  return Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]));
}

/** Without what is undefined, as it comes over the wire. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Removes schedules of ours that nobody declares any more; returns their ids. */
export async function pruneSchedules(
  client: Client,
  declarations: readonly ScheduleDeclaration[],
): Promise<readonly string[]> {
  const declared = new Set<string>(declarations.map(({ flow }) => flow));
  const removed: string[] = [];
  for await (const { scheduleId, memo } of client.schedule.list()) {
    if (memo?.owner !== scheduleOwner || declared.has(scheduleId)) continue;
    await client.schedule.getHandle(scheduleId).delete();
    removed.push(scheduleId);
  }
  return removed;
}
