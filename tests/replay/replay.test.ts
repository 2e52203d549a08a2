import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { beforeAll, expect, inject, test } from 'vitest';
import { flows } from '../../src/flows/index.ts';
import * as workflows from '../../workflows/index.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';

quietRuntime();

const folder = fileURLToPath(new URL('histories', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

function readHistory(file: string) {
  return historyFromJSON(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown);
}

test('every flow has a workflow of its type', () => {
  const types = Object.values(flows).map(({ type }) => type);
  expect(Object.keys(workflows)).toEqual(expect.arrayContaining(types));
});

test('every workflow has a stored history', () => {
  const stored = files.map((file) => readHistory(file).events?.[0]?.workflowExecutionStartedEventAttributes);
  expect(new Set(stored.map((started) => started?.workflowType?.name))).toEqual(
    new Set(Object.keys(workflows)),
  );
});

test('runs under way are stored in each phase of their flows', () => {
  const open = files.filter((file) => {
    const last = readHistory(file).events?.at(-1) ?? {};
    return !Object.keys(last).some((name) =>
      /^workflowExecution(Completed|Failed|ContinuedAsNew)/.test(name),
    );
  });
  const flowsUnderWay = open.map(
    (file) => readHistory(file).events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
  );
  expect(open.length).toBeGreaterThanOrEqual(10);
  const bringing = Object.values(flows).filter(({ asks }) => asks !== null);
  expect(flowsUnderWay).toEqual(expect.arrayContaining(bringing.map(({ type }) => type)));
});

/** What each history fails with, by file: one worker for all of them. */
async function replayAll(): Promise<ReadonlyMap<string, Error | undefined>> {
  const workflowBundle = { code: inject('workflowBundle') };
  const histories = files.map((file) => {
    const history = readHistory(file);
    // Under its own id: children have theirs from it.
    const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? 'none';
    return { workflowId, history };
  });
  const errors = new Map<string, Error | undefined>();
  let next = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories))
    errors.set(files[next++] ?? '', error);
  return errors;
}

let replayed: ReadonlyMap<string, Error | undefined>;
beforeAll(async () => {
  replayed = await replayAll();
});

test.each(files)('%s replays', (file) => {
  expect(replayed.has(file)).toBe(true);
  expect(replayed.get(file)).toBeUndefined();
});

test('a history of other workflows fails, and says at which event', async () => {
  const workflowBundle = { code: inject('workflowBundle') };
  const history = readHistory('settlement.json');
  const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes);
  const type = scheduled?.activityTaskScheduledEventAttributes?.activityType;
  if (!type) throw new Error('the history has no activity');
  type.name = 'openRunAsItWasOnce';
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(/openRunAsItWasOnce/);
});
