import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BadFaultScript,
  parseFaultScript,
  readFaultScript,
} from '../../../../src/simulator/faults/fault-script.ts';

describe('a fault script', () => {
  test('gets its defaults', () => {
    expect(parseFaultScript([{ fault: { kind: 'drip' } }])).toEqual([
      { match: {}, after: 0, fault: { kind: 'drip', chunkBytes: 16, everyMs: 100 } },
    ]);
  });

  test.each([
    ['not a list', {}, /the script: .*array/],
    ['an unknown kind', [{ fault: { kind: 'earthquake' } }], /\[0\]\.fault\.kind/],
    [
      'a missing field',
      [{ fault: { kind: 'html' } }, { fault: { kind: 'slow' } }],
      /\[1\]\.fault\.ms: .*number/,
    ],
    ['a misspelt field', [{ fault: { kind: 'cut', afterByte: 3 } }], /\[0\]\.fault: .*afterByte/],
    [
      'an unknown endpoint',
      [{ match: { endpoint: 'bars' }, fault: { kind: 'cut' } }],
      /\[0\]\.match\.endpoint/,
    ],
    [
      'a date that is none',
      [{ match: { session: '2024-02-30' }, fault: { kind: 'cut' } }],
      /match\.session: .*YYYY/,
    ],
    ['no times at all', [{ times: 0, fault: { kind: 'cut' } }], /\[0\]\.times/],
    [
      'a bad fault of a mix',
      [{ fault: { kind: 'random', probability: 1, faults: [{ kind: 'x' }] } }],
      /faults\[0\]/,
    ],
  ])('with %s is refused, and the place named', (_, script, message) => {
    expect(() => parseFaultScript(script)).toThrow(BadFaultScript);
    expect(() => parseFaultScript(script)).toThrow(message);
  });
});

describe('a fault script file', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fault-script-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('is read and checked', async () => {
    const path = join(directory, 'good.json');
    await writeFile(path, '[{ "times": 2, "fault": { "kind": "status", "status": 503 } }]');
    await expect(readFaultScript(path)).resolves.toEqual([
      { match: {}, after: 0, times: 2, fault: { kind: 'status', status: 503 } },
    ]);
  });

  test('that is no JSON or no script is refused under its name', async () => {
    const path = join(directory, 'bad.json');
    await writeFile(path, '[{');
    await expect(readFaultScript(path)).rejects.toThrow(`${path}: not JSON`);
    await writeFile(path, '[{}]');
    await expect(readFaultScript(path)).rejects.toThrow(`${path}: [0].fault`);
  });
});
