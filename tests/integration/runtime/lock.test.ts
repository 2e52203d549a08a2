import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AlreadyRunning, lockHome } from '../../../src/runtime/lock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const lockModule = fileURLToPath(new URL('../../../src/runtime/lock.ts', import.meta.url));

/** A program that locks the home, says how that went, and ends when its input does. */
const contender = `
  const { lockHome } = await import(${JSON.stringify(lockModule)});
  try {
    lockHome(process.argv[1]);
    console.log('locked');
    process.stdin.resume();
  } catch (error) {
    console.log(error.name);
  }`;
const contenderArgs = (home: string) => ['--input-type=module', '-e', contender, home];

test('a home that is locked is refused, with the process that has it, until it is given back', () => {
  const home = temporaryFolder();
  const unlock = lockHome(home);
  expect(() => lockHome(home)).toThrow(AlreadyRunning);
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ pid: process.pid }));
  unlock();
  lockHome(home)();
  expect(readdirSync(home)).toEqual([]);
});

test('the lock of a dead process is taken over, by one of many', async () => {
  const home = temporaryFolder();
  const dead = spawnSync(process.execPath, contenderArgs(home), { encoding: 'utf8' });
  expect(dead.stdout).toBe('locked\n');
  expect(readdirSync(home)).toEqual(['lock']);

  const contenders = Array.from({ length: 8 }, () =>
    spawn(process.execPath, contenderArgs(home), { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = contenders.map(async ({ stdout }) => {
    const [data] = (await once(stdout, 'data')) as [Buffer];
    return data.toString();
  });
  const outcomes = await Promise.all(said);
  contenders.forEach(({ stdin }) => stdin.end());
  await Promise.all(contenders.map(({ stdout }) => text(stdout)));
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'AlreadyRunning\n'), 'locked\n']);
});
