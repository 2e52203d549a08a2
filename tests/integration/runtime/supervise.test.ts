import { expect, onTestFinished, test } from 'vitest';
import path from 'node:path';
import { isRunning, startDetached, stopProcess, type ProcessRef } from '../../../src/runtime/processes.ts';
import { supervise } from '../../../src/runtime/supervise.ts';
import { temporaryFolder } from './temporary-folder.ts';

const poll = { timeout: 60_000 };

/** Starts processes that sleep, and remembers them. */
function sleepers(fails: (attempt: number) => boolean = () => false) {
  const logFile = path.join(temporaryFolder(), 'log');
  const started: ProcessRef[] = [];
  let attempts = 0;
  onTestFinished(async () => {
    for (const process of started) await stopProcess(process, { signal: 'SIGKILL', deadlineMs: 5_000 });
  });
  const start = async () => {
    attempts += 1;
    if (fails(attempts)) throw new Error('the port is taken');
    const { process, child } = await startDetached('sleep', ['600'], { logFile });
    child.unref();
    started.push(process);
    return process;
  };
  return { started, start };
}

function watched(start: () => Promise<ProcessRef>) {
  const said: string[] = [];
  const watching = new AbortController();
  onTestFinished(() => watching.abort());
  const options = { name: 'it', start, report: (step: string) => void said.push(step), restartAfterMs: 1 };
  return { said, watching, supervised: supervise({ ...options, signal: watching.signal }) };
}

test('what ends by itself is started again, as often as it ends', async () => {
  const { started, start } = sleepers();
  const { said, supervised } = watched(start);
  await supervised;
  for (const number of [1, 2]) {
    process.kill(started.at(-1)?.pid ?? NaN, 'SIGKILL');
    await expect.poll(() => started.length, poll).toBe(number + 1);
  }
  expect(said).toEqual(Array(2).fill('it: ended by itself, starting it again'));
});

test('a start that fails is said and tried again', async () => {
  const { started, start } = sleepers((attempt) => attempt === 2 || attempt === 3);
  const { said, supervised } = watched(start);
  await supervised;
  process.kill(started[0]?.pid ?? NaN, 'SIGKILL');
  await expect.poll(() => started.length, poll).toBe(2);
  expect(said.slice(1)).toEqual(Array(2).fill('it: the port is taken'));
});

test('the first start fails for whoever wants it', async () => {
  const { start } = sleepers((attempt) => attempt === 1);
  await expect(watched(start).supervised).rejects.toThrow('the port is taken');
});

test('after the end of the watch nothing is started, and what runs goes on', async () => {
  const { started, start } = sleepers();
  const { watching, said, supervised } = watched(start);
  await supervised;
  watching.abort();
  expect(isRunning(started[0] ?? { pid: 0, startedAt: '' })).toBe(true);
  process.kill(started[0]?.pid ?? NaN, 'SIGKILL');
  await expect.poll(() => started.some(isRunning), poll).toBe(false);
  expect([started.length, said]).toEqual([1, []]);
});
