import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordFindings, type Finding } from '../../src/store/findings.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
let store: TestDatabase;
let [one, two] = [0, 0];

beforeAll(async () => {
  store = await freshDatabase();
  const { rows } = await sql<{ id: number }>`insert into market.instruments (symbol, type, active)
    values ('ONE', 'CS', true), ('TWO', 'CS', true) returning id`.execute(store.db);
  [one = 0, two = 0] = rows.map(({ id }) => id);
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});
beforeEach(async () => {
  await sql`truncate market.quality_findings, market.finding_events restart identity`.execute(store.db);
  await recordFindings(store.db, null, [
    finding({ rule: 'volume', severity: 'info', instrumentId: two }),
    finding({ rule: 'wick', severity: 'error', evidence: { low: 0.92, text: 'a\u001b[31mb' } }),
    finding({
      rule: 'short_list_active',
      instrumentId: null,
      range: { from: '2024-01-02', to: '2024-01-05' },
    }),
  ]);
});

function finding(over: Partial<Finding>): Finding {
  return {
    ...{ rule: 'jump', severity: 'warn', instrumentId: one, source: 'polygon', interval: '1d', evidence: {} },
    range: { from: '2024-01-03', to: '2024-01-03' },
    ...over,
  };
}

const run = (...args: readonly string[]) =>
  runCommand({ BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' }, 'quality', ...args);

interface Shown {
  readonly id: number;
  readonly rule: string;
  readonly status: string;
}
async function shown(...args: readonly string[]): Promise<readonly Shown[]> {
  const { stdout, code } = await run(...args, '--json');
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { findings: readonly Shown[] }).findings;
}
async function idOf(rule: string): Promise<string> {
  const found = (await shown()).find((each) => each.rule === rule);
  return String(found?.id);
}
const rules = async (...args: readonly string[]) => (await shown(...args)).map(({ rule }) => rule);

test('what is open comes first, the gravest of it in front', async () => {
  expect(await rules()).toEqual(['wick', 'short_list_active', 'volume']);
  await run('accept', await idOf('wick'), '--reason', 'known');
  expect(await rules()).toEqual(['short_list_active', 'volume', 'wick']);
});

test('a finding says what it is of', async () => {
  const [first] = await shown('--severity', 'error');
  expect(first).toMatchObject({
    ...{ rule: 'wick', severity: 'error', status: 'open', symbol: 'ONE', source: 'polygon', interval: '1d' },
    ...{ from: '2024-01-03', to: '2024-01-03', evidence: { low: 0.92 }, reason: null },
  });
});

test.each([
  [['--symbols', 'ONE'], ['wick']],
  [
    ['--symbols', 'ONE,TWO'],
    ['wick', 'volume'],
  ],
  [['--severity', 'info'], ['volume']],
  [['--symbols', 'TWO', '--severity', 'error'], []],
  [['--status', 'accepted'], []],
  [['--status', 'open', '--severity', 'warn'], ['short_list_active']],
])('%j chooses %j', async (args, expected) => {
  expect(await rules(...args)).toEqual(expected);
});

test('what a person says is kept with who, when and why; said twice it is said once', async () => {
  const id = await idOf('wick');
  const accept = () => run('accept', id, '--reason', '  a halt that day ', '--json');
  const { stdout, code } = await accept();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'accepted', reason: 'a halt that day' });
  await accept();
  await run('reopen', id, '--reason', 'the tape has no halt');
  const { stdout: inspected } = await run('inspect', id, '--json');
  const { events, ...known } = JSON.parse(inspected) as { events: readonly object[] };
  expect(known).toMatchObject({ status: 'open', reason: 'the tape has no halt' });
  const person = expect.stringMatching(/.+@.+/) as unknown;
  expect(events).toMatchObject([
    { event: 'opened', person: null },
    { event: 'accepted', person, runId: null, reason: 'a halt that day', evidence: { low: 0.92 } },
    { event: 'reopened', person, runId: null, reason: 'the tape has no halt' },
  ]);
});

test('what is repaired cannot be accepted, and can be opened again', async () => {
  const id = await idOf('volume');
  await sql`update market.quality_findings set status = 'repaired' where id = ${id}`.execute(store.db);
  const refused = await run('accept', id, '--reason', 'known');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`finding ${id} is repaired`);
  expect((await run('reopen', id, '--reason', 'it is not')).code).toBe(0);
  expect(await rules('--status', 'open')).toContain('volume');
});

test.each([
  [['accept', '999', '--reason', 'known'], 'there is no finding 999'],
  [['inspect', '999'], 'there is no finding 999'],
  [['reopen', '99999999999999999999', '--reason', 'known'], 'is no id of a finding'],
  [['accept', '-1', '--reason', 'known'], ''],
  [['accept', '1.5', '--reason', 'known'], 'is no id of a finding'],
  [['accept', '1; drop', '--reason', 'known'], 'is no id of a finding'],
  [['accept', '1'], '--reason'],
  [['accept', '1', '--reason', '  '], '--reason is empty'],
  [['accept', '1', '--reason', 'x'.repeat(2_001)], 'at most 2000 characters'],
  [['acept', '1', '--reason', 'known'], ''],
  [['--severity', 'bad'], 'choose from error, warn, info'],
  [['--status', 'closed'], 'choose from open, accepted, repaired'],
  [['--symbols', 'NOPE'], 'no instrument NOPE'],
  [['--symbols', ','], 'malformed symbols'],
  [['--columns', 'nope'], 'there is no column'],
])('%j ends with 2, says why, and changes nothing', async (args, said) => {
  const before = await shown();
  const { code, stderr } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(await shown()).toEqual(before);
});

test.each([[[]], [['inspect', '2']]])(
  '%j fits into 80 columns and lets no control character through',
  async (args) => {
    const { stdout, code } = await runCommand(
      { BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated', COLUMNS: '80' },
      ...['quality', ...args],
    );
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain('\u001b');
  },
);
