import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refOf } from '../../../src/runtime/processes.ts';
import {
  readState,
  removeState,
  StateUnreadable,
  writeState,
  type RuntimeState,
} from '../../../src/runtime/state.ts';
import { temporaryFolder } from './temporary-folder.ts';

const self = refOf(process.pid);
const state: RuntimeState = {
  up: self,
  market: 'simulated',
  ready: true,
  database: { url: 'postgres://postgres:secret@127.0.0.1:5433/trading', process: self },
  temporal: { address: '127.0.0.1:7233', ui: 'http://127.0.0.1:8233', process: self },
  simulator: null,
  dashboard: { url: 'http://127.0.0.1:8088', process: self },
  workers: [{ pool: 'data-ingestion', process: self }],
};

test('a home where nothing was started has no state', () => {
  expect(readState(temporaryFolder())).toBeNull();
});

test('what is written is read back, and removed it is gone', () => {
  const home = temporaryFolder();
  writeState(home, state);
  expect(readState(home)).toEqual(state);
  removeState(home);
  expect(readState(home)).toBeNull();
});

test('the file, which holds a password, is for its owner only, and nothing is left beside it', () => {
  const home = temporaryFolder();
  writeState(home, state);
  expect(statSync(path.join(home, 'state.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(['state.json']);
});

test.each([
  ['half a file', (text: string) => text.slice(0, 40)],
  ['a file of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
])('%s is an error that names it and no secret', (_, damage) => {
  const home = temporaryFolder();
  writeState(home, state);
  const file = path.join(home, 'state.json');
  writeFileSync(file, damage(readFileSync(file, 'utf8')));
  expect(() => readState(home)).toThrow(StateUnreadable);
  expect(() => readState(home)).toThrow(file);
  expect(() => readState(home)).not.toThrow('secret');
});
