import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  isRunning,
  refOf,
  startDetached,
  StartFailed,
  stopProcess,
  waitForEnd,
} from '../../../src/runtime/processes.ts';
import { tailOf } from '../../../src/runtime/log-tail.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A process that says what it ignores, so that it is known to do so. */
async function start(script = '') {
  const logFile = path.join(temporaryFolder(), 'logs', 'child.log');
  const program = `${script}; setInterval(() => {}, 1000); console.log('started')`;
  const { process: started } = await startDetached(process.execPath, ['-e', program], { logFile });
  onTestFinished(() => stopProcess(started, { signal: 'SIGKILL', deadlineMs: 5_000 }));
  await expect.poll(() => readFileSync(logFile, 'utf8'), { timeout: 60_000 }).toBe('started\n');
  return started;
}

test('a process is stopped by the signal that it understands', async () => {
  const child = await start();
  await stopProcess(child, { signal: 'SIGTERM', deadlineMs: 10_000 });
  expect(isRunning(child)).toBe(false);
});

test('one that does not listen is ended by force', async () => {
  const child = await start(`process.on('SIGTERM', () => {})`);
  await stopProcess(child, { signal: 'SIGTERM', deadlineMs: 100 });
  expect(isRunning(child)).toBe(false);
});

test('one that has the id of another is left alone', async () => {
  const child = await start();
  await stopProcess({ ...child, startedAt: 'another time' }, { signal: 'SIGKILL', deadlineMs: 1_000 });
  expect(isRunning(child)).toBe(true);
});

test('one that is gone counts as stopped', async () => {
  const child = await start();
  process.kill(child.pid, 'SIGKILL');
  expect(await waitForEnd(child, 10_000)).toBe(true);
  await stopProcess(child, { signal: 'SIGTERM', deadlineMs: 1_000 });
  expect(() => refOf(child.pid)).toThrow(StartFailed);
});

test('it leads a group of its own, out of reach of a Ctrl-C in ours', async () => {
  const child = await start();
  expect(process.kill(-child.pid, 0)).toBe(true);
});

test('a program that is not there is an error that names it', async () => {
  const logFile = path.join(temporaryFolder(), 'child.log');
  const refused = startDetached('/no/such/program', [], { logFile });
  await expect(refused).rejects.toBeInstanceOf(StartFailed);
  await expect(refused).rejects.toThrow('/no/such/program');
});

test('the tail of a log is what this start has said, and no more', async () => {
  const logFile = path.join(temporaryFolder(), 'child.log');
  const says = async (words: string) => {
    const { child } = await startDetached(
      process.execPath,
      ['-e', `setTimeout(() => console.log('${words}'), 50)`],
      {
        logFile,
      },
    );
    await once(child, 'exit');
  };
  await says('earlier');
  const since = readFileSync(logFile).length;
  expect(tailOf(logFile, since)).toBe('(it said nothing)');
  await says('later');
  expect(tailOf(logFile, since)).toBe('later');
  expect(tailOf(logFile)).toBe('earlier | later');
});
