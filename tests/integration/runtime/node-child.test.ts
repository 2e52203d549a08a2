import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ChildFailed, startNodeChild } from '../../../src/runtime/node-child.ts';
import {
  isRunning,
  refOf,
  StartFailed,
  stopProcess,
  waitForEnd,
  type ProcessRef,
} from '../../../src/runtime/processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const poll = { timeout: 60_000 };
const nodeChild = fileURLToPath(new URL('../../../src/runtime/node-child.ts', import.meta.url));

function entryOf(script: string) {
  const folder = temporaryFolder();
  const entry = path.join(folder, 'entry.mts');
  writeFileSync(entry, script);
  return { name: 'the child', entry, logFile: path.join(folder, 'child.log') };
}

test('a TypeScript entry is ready when it says so, with what it says', async () => {
  const script = `const url: string = 'http://127.0.0.1:1/' + process.argv[2];
    process.send?.({ type: 'other' });
    process.send?.({ type: 'ready', url });
    setInterval(() => {}, 1000);`;
  const started = await startNodeChild({ ...entryOf(script), args: ['x'] });
  onTestFinished(() => stopProcess(started.process, { signal: 'SIGKILL', deadlineMs: 5_000 }));
  expect(started.ready.url).toBe('http://127.0.0.1:1/x');
  expect(isRunning(started.process)).toBe(true);
});

test('one that ends before is an error with the last of what it said', async () => {
  const refused = startNodeChild(entryOf(`console.error('no such pool'); process.exit(2);`));
  await expect(refused).rejects.toBeInstanceOf(ChildFailed);
  await expect(refused).rejects.toThrow(/the child did not start: .*exit code 2.*no such pool/);
});

/** A child that tells its id and never gets ready. */
const idle = 'console.log(process.pid); setInterval(() => {}, 1000);';
const idsIn = (logFile: string) => (readFileSync(logFile, 'utf8').match(/\d+/g) ?? []).map(Number);

test('one that takes too long does not stay', async () => {
  const entry = entryOf(idle);
  await expect(startNodeChild({ ...entry, deadlineMs: 500 })).rejects.toThrow(/not ready after 0.5 s/);
  for (const pid of idsIn(entry.logFile)) expect(() => refOf(pid)).toThrow(StartFailed);
});

test('one that is given up does not stay', async () => {
  const entry = entryOf(idle);
  const giveUp = new AbortController();
  const starting = startNodeChild({ ...entry, signal: giveUp.signal });
  const ended = expect(starting).rejects.toThrow('enough');
  await expect.poll(() => existsSync(entry.logFile) && idsIn(entry.logFile).length, poll).toBe(1);
  giveUp.abort(new Error('enough'));
  await ended;
  for (const pid of idsIn(entry.logFile)) expect(() => refOf(pid)).toThrow(StartFailed);
});

test('it notices that its parent was killed', async () => {
  const { entry, logFile } = entryOf(`
    import { onAbandoned } from ${JSON.stringify(nodeChild)};
    setInterval(() => {}, 1000);
    onAbandoned(() => { console.log('abandoned'); process.exit(); });
    process.send?.({ type: 'ready' });`);
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startNodeChild } = await import(${JSON.stringify(nodeChild)});
       const { process: child } = await startNodeChild(${JSON.stringify({ name: 'it', entry, logFile })});
       console.log(JSON.stringify(child));`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = JSON.parse(said.toString()) as ProcessRef;
  expect(isRunning(child)).toBe(true);
  parent.kill('SIGKILL');
  expect(await waitForEnd(child, 20_000)).toBe(true);
  expect(readFileSync(logFile, 'utf8')).toBe('abandoned\n');
});

test('waiting for the end of the parent neither keeps a process alive nor needs one that has a channel', async () => {
  const { entry } = entryOf(`
    import { onAbandoned } from ${JSON.stringify(nodeChild)};
    onAbandoned(() => process.exit(3));`);
  const without = spawn(process.execPath, [entry], { stdio: 'inherit' });
  const withChannel = spawn(process.execPath, [entry], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const codes = await Promise.all([without, withChannel].map((child) => once(child, 'exit')));
  expect(codes.map(([code]: unknown[]) => code)).toEqual([0, 0]);
});
