import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import * as workflows from '../../workflows/index.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const folder = fileURLToPath(new URL('histories', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

function readHistory(file: string) {
  return historyFromJSON(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown);
}

test('every workflow has a stored history', () => {
  const stored = files.map((file) => readHistory(file).events?.[0]?.workflowExecutionStartedEventAttributes);
  expect(new Set(stored.map((started) => started?.workflowType?.name))).toEqual(
    new Set(Object.keys(workflows)),
  );
});

test.each(files)('%s replays', async (file) => {
  const workflowBundle = { code: inject('workflowBundle') };
  await expect(Worker.runReplayHistory({ workflowBundle }, readHistory(file))).resolves.toBeUndefined();
});
