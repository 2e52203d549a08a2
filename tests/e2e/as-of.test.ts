import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteActionsSynced } from '../../src/store/corporate-actions.ts';
import { noteRead } from '../../src/store/fundamentals.ts';
import { runCommand, type Variables } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;
let home: string;
let variables: Variables;
let id: number;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
  home = mkdtempSync(path.join(tmpdir(), 'barwright-as-of-'));
  variables = { BARWRIGHT_HOME: home, MARKET: 'simulated', DATABASE_URL: store.url };
  id = await series.instrument('AAPL');
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

const january = ['--from', '2024-01-02', '--to', '2024-01-05'];

async function read(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, code } = await runCommand(variables, ...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const commands = [
  ['bars', 'AAPL', ...january, '--adjust', 'total'],
  ['indicators', 'AAPL', ...january, '--source', 'polygon'],
  ['actions', 'AAPL'],
  ['fundamentals', 'AAPL'],
];

test('what is read is read again as of the instant that it says, byte for byte, and what came later is not', async () => {
  const readings: { readonly args: readonly string[]; readonly asOf: string; readonly text: string }[] = [];
  const readAll = async () => {
    for (const args of commands) {
      const { stdout } = await runCommand(variables, ...args, '--json');
      readings.push({ args, asOf: (JSON.parse(stdout) as { asOf: string }).asOf, text: stdout });
    }
  };
  await readAll();
  await series.write(id, [['2024-01-02', [10, 11, 9, 10, 100]]]);
  await readAll();
  await series.write(id, [['2024-01-02', [10, 12, 9, 11, 100]]]);
  await series.absent(id, '2024-01-03');
  await readAll();
  await series.split(id, '2024-01-04', 2);
  await series.write(id, [['2024-01-04', [6, 6, 5, 5, 200]]]);
  await readAll();
  for (const { args, asOf, text } of readings) {
    const { stdout } = await runCommand(variables, ...args, '--as-of', asOf, '--json');
    expect(stdout).toBe(text);
  }
  const bars = readings
    .filter(({ args }) => args[0] === 'bars')
    .map(({ text }) => JSON.parse(text) as unknown);
  expect(bars).toMatchObject([
    { bars: [], notKnown: [{ from: '2024-01-02', to: '2024-01-05' }], adjustedThrough: null },
    { bars: [{ close: 10 }], notKnown: [{ from: '2024-01-03', to: '2024-01-05' }] },
    { bars: [{ close: 11 }], notKnown: [{ from: '2024-01-04', to: '2024-01-05' }] },
    {
      bars: [{ close: 5.5 }, { close: 5 }],
      notKnown: [{ from: '2024-01-05', to: '2024-01-05' }],
      adjustedThrough: '2024-01-04',
    },
  ]);
});

test('a snapshot names an instant, until its name is taken away', async () => {
  const { asOf } = await read('actions', 'AAPL');
  expect(await read('snapshots', 'add', 'first.one')).toMatchObject({ name: 'first.one', asOf });
  await series.write(id, [['2024-01-05', [7, 7, 6, 6, 100]]]);
  expect((await read('bars', 'AAPL', ...january)).bars).toHaveLength(3);
  expect(await read('bars', 'AAPL', ...january, '--as-of', 'first.one')).toMatchObject({ asOf });
  expect((await read('bars', 'AAPL', ...january, '--as-of', 'first.one')).bars).toHaveLength(2);
  expect(await read('snapshots', 'add', 'again', '--at', 'first.one')).toMatchObject({ asOf });
  expect(await read('snapshots', 'add', 'again', '--at', 'first.one')).toMatchObject({ asOf });
  const refused = await runCommand(variables, 'snapshots', 'add', 'first.one');
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('of another instant') as unknown,
  });
  expect(await read('snapshots', 'list')).toMatchObject({
    snapshots: [
      { name: 'again', asOf },
      { name: 'first.one', asOf },
    ],
  });
  await read('snapshots', 'remove', 'again');
  const gone = await runCommand(variables, 'actions', 'AAPL', '--as-of', 'again');
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('there are first.one') as unknown });
  expect(await runCommand(variables, 'snapshots', 'remove', 'again')).toMatchObject({ code: 2 });
});

test('of actions and fundamentals before they were read it is said that they are not known', async () => {
  const { asOf: before } = await read('actions', 'AAPL');
  const late = await series.instrument('LATE');
  const nothing = ['polygon', 'yahoo'].map((source) => ({ source, from: null, to: null }));
  const unread = { notKnown: nothing, actions: [] };
  expect(await read('actions', 'LATE')).toMatchObject(unread);
  const range = { from: '2024-01-02', to: '2035-12-31' };
  const sync = { range, allSplits: true, completedAt: '2024-01-10T12:00:00Z' };
  await noteActionsSynced(store.db, 'polygon', sync);
  const { asOf: synced } = await read('actions', 'LATE');
  const newcomer = await series.instrument('NEWCOMER');
  const firstRead = { source: 'polygon', from: null, to: '2024-01-01' };
  expect((await read('actions', 'LATE')).notKnown).toEqual([firstRead, nothing[1]]);
  expect((await read('actions', 'NEWCOMER')).notKnown).toEqual(nothing);
  const longer = { ...range, from: '2000-01-03' };
  await noteActionsSynced(store.db, 'polygon', { ...sync, range: longer });
  expect((await read('actions', 'NEWCOMER')).notKnown).toEqual([
    { ...firstRead, to: '2000-01-02' },
    nothing[1],
  ]);
  expect((await read('actions', 'LATE', '--as-of', String(synced))).notKnown).toEqual([
    firstRead,
    nothing[1],
  ]);
  expect((await read('actions', 'LATE', '--as-of', String(before))).notKnown).toEqual(nothing);
  const hourly = await storedSeries(store, 'yahoo');
  await hourly.write(late, [['2024-01-03', [1, 1, 1, 1, 1]]], '2024-01-03');
  await hourly.absent(late, '2024-01-04');
  expect((await read('actions', 'LATE')).notKnown).toEqual([
    { ...firstRead, to: '2000-01-02' },
    { source: 'yahoo', from: null, to: '2024-01-02' },
    { source: 'yahoo', from: '2024-01-05', to: null },
  ]);
  const { stderr } = await runCommand(variables, 'actions', 'LATE', '--as-of', String(synced));
  expect(stderr).toContain("nothing was known then of polygon's actions of LATE up to 2024-01-01\n");
  expect(stderr).toContain("nothing was known then of yahoo's actions of LATE\n");

  const origin = { instrumentId: newcomer, source: 'yahoo' as const, observedAt: '2024-01-10T12:00:00Z' };
  const both = ['statements', 'keyStatistics'];
  const { asOf: unasked, notKnown } = await read('fundamentals', 'NEWCOMER');
  expect(notKnown).toEqual(both);
  // A reading that brought nothing is an answer.
  await noteRead(store.db, origin, 'fundamentals');
  const { asOf: asked } = await read('fundamentals', 'NEWCOMER');
  await noteRead(store.db, { ...origin, observedAt: '2024-01-11T12:00:00Z' }, 'fundamentals');
  await noteRead(store.db, origin, 'key_statistics');
  expect(await read('fundamentals', 'NEWCOMER')).not.toHaveProperty('notKnown');
  expect((await read('fundamentals', 'NEWCOMER', '--as-of', String(asked))).notKnown).toEqual([
    'keyStatistics',
  ]);
  expect((await read('fundamentals', 'NEWCOMER', '--as-of', String(unasked))).notKnown).toEqual(both);
  const said = await runCommand(variables, 'fundamentals', 'NEWCOMER', '--as-of', String(unasked));
  expect(said.stderr).toContain('nothing was known then of statements and key statistics of NEWCOMER\n');
});

test('a symbol is whose it was known to be then, with what was known of that one', async () => {
  const rename = (from: string, to: string) =>
    sql`update market.instruments set symbol = ${to} where symbol = ${from}`.execute(store.db);
  const bars = [...['bars', 'FB', ...january], '--json'];
  const meta = await series.instrument('FB');
  await series.write(meta, [['2024-01-02', [3, 3, 3, 3, 100]]]);
  const before = await runCommand(variables, ...bars);
  const { asOf } = JSON.parse(before.stdout) as { asOf: string };
  await rename('FB', 'META');
  const other = await series.instrument('FB');
  await series.write(other, [['2024-01-02', [9, 9, 9, 9, 100]]]);
  expect(await read(...bars.slice(0, -1))).toMatchObject({ bars: [{ close: 9 }] });
  expect((await runCommand(variables, ...bars, '--as-of', asOf)).stdout).toBe(before.stdout);
  expect(await read(...bars.slice(0, -1), '--as-of', asOf, '--on', '2024-01-02')).toMatchObject({
    symbol: 'FB',
    bars: [{ close: 3 }],
  });
  // Nobody was known under that symbol then: it is that of today.
  expect(await read('bars', 'META', ...january, '--as-of', asOf)).toMatchObject({
    symbol: 'META',
    bars: [{ close: 3 }],
  });
});

describe('a time', () => {
  test('of a date is its end in New York, of an instant itself, of today now', async () => {
    expect(await read('actions', 'AAPL', '--as-of', '2024-07-01')).toMatchObject({
      asOf: '2024-07-02T03:59:59.999999Z',
    });
    expect(await read('actions', 'AAPL', '--as-of', '1985-05-05')).toMatchObject({ actions: [] });
    expect(await read('actions', 'AAPL', '--as-of', '2024-01-31T16:00:00.250-05:00')).toMatchObject({
      asOf: '2024-01-31T21:00:00.250Z',
      actions: [],
    });
  });

  test('in a table says so, and what was not known then', async () => {
    const args = ['bars', 'AAPL', ...january, '--as-of', '2024-01-04'];
    const { stdout, stderr } = await runCommand(variables, ...args);
    expect(stdout).toContain('as of 2024-01-05T04:59:59.999999Z');
    expect(stderr).toContain('nothing was known then of the sessions from 2024-01-02 to 2024-01-04');
  });

  test.each(['bars', 'indicators', 'actions', 'fundamentals'])(
    'that there is not is refused by %s',
    async (command) => {
      const range = ['bars', 'indicators'].includes(command) ? january : [];
      const wrong = [
        '2024-02-30',
        '2024-01-31T25:00:00Z',
        '2024-01-31T10:00',
        '2999-01-01',
        '2999-01-01T00:00Z',
        '',
      ];
      for (const text of [
        ...wrong,
        'no-such-name',
        '2024-01-31T10:00:00.1234567Z',
        '2024-01-31T10:00+25:00',
      ]) {
        const { code, stdout } = await runCommand(
          variables,
          command,
          'AAPL',
          ...range,
          '--as-of',
          text,
          '--json',
        );
        expect({ text, code }).toEqual({ text, code: 2 });
        const { error } = JSON.parse(stdout) as { error: { kind: string; message: string } };
        expect(error).toMatchObject({
          kind: 'UsageError',
          message: expect.stringContaining('--as-of') as unknown,
        });
      }
    },
  );

  test('of any text is understood or refused, never a fault of the database', async () => {
    const digits = fc.stringMatching(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d))?$/);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(digits, fc.string(), fc.constantFrom("'; drop", '\u0000', 'infinity')),
        async (text) => {
          const { stdout } = await runCommand(variables, 'actions', 'AAPL', `--as-of=${text}`, '--json');
          const document = JSON.parse(stdout) as { asOf?: string; error?: { kind: string } };
          if (document.error === undefined) expect(Date.parse(document.asOf ?? '')).toBeLessThan(Date.now());
          else expect(document.error.kind).toBe('UsageError');
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
