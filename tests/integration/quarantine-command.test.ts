import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../support/command-in-process.ts';
import type { TestDatabase } from '../support/database.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
afterAll(async () => {
  await endSharedLab();
  rmSync(home, { recursive: true });
});

const now = '2026-06-30T22:00:00Z';
const range = { from: '2026-06-01', to: '2026-06-29' };
type Fields = Readonly<Record<string, unknown>>;
const usual = rowsOf(range.from, range.to, (_, index) => {
  const o = 12.5 + (index % 4) / 16;
  return { o, h: o + 0.25, l: o - 0.25, c: o + (index % 3) / 32, v: 1e5 + 100 * index };
});
const bad: Readonly<Record<number, Fields>> = {
  3: { o: 0, h: 0, l: 0, c: 0 },
  5: { l: -0.01 },
  7: { v: 2e13 },
  9: { c: null },
};
const rows = usual.map((row, index): ScriptedRow => ({ ...row, ...bad[index] }));
const daily = { interval: '1d', symbols: ['HALT'], startDate: range.from, endDate: range.to };
const flow = 'yahoo-market-data-hourly';

interface Shown {
  readonly id: number;
  readonly rule: string;
  readonly status: string;
  readonly from: string;
}

let lab: Awaited<ReturnType<typeof scriptedCase>>;
beforeEach(async () => {
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  lab = await scriptedCase({ now, polygon: { tickers }, charts: { HALT: chartOf('HALT', rows) } });
  await lab.run(flow, daily);
});

const run = (...args: readonly string[]) =>
  runCommand(
    {
      BARWRIGHT_HOME: home,
      DATABASE_URL: (lab.store as TestDatabase).url,
      MARKET: 'simulated',
      COLUMNS: '80',
    },
    'quality',
    ...args,
  );

async function shown(): Promise<readonly Shown[]> {
  const { stdout } = await run('--json');
  return (JSON.parse(stdout) as { findings: readonly Shown[] }).findings;
}

async function idOf(session: string): Promise<string> {
  return String((await shown()).find(({ from }) => from === session)?.id);
}

async function eventsOf(id: string): Promise<readonly Fields[]> {
  const { stdout } = await run('inspect', id, '--json');
  return (JSON.parse(stdout) as { events: readonly Fields[] }).events;
}

const storedAt = async (session: string) =>
  (await lab.bars('HALT', { from: session, to: session, source: 'yahoo' })).length;
const planned = `select count(*)::int as asked from market.load_requests where run_id = `;
const settled = `select session_date, settled_as from market.rejected_rows order by session_date`;

test('what is released is stored as it was observed, due no more, and not found by what judges it at night', async () => {
  const id = await idOf('2026-06-04');
  const { stdout, code } = await run('release', id, '--reason', '  halted at zero ', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id: Number(id), status: 'accepted', reason: 'halted at zero' });
  const [bar] = await lab.bars('HALT', { from: '2026-06-04', to: '2026-06-04', source: 'yahoo' });
  expect(bar).toMatchObject({ open: 0, high: 0, low: 0, close: 0, volume: 100_300 });
  expect(await lab.rows(`select settled from market.daily_bars where session_date = '2026-06-04'`)).toEqual([
    { settled: true },
  ]);
  const person = expect.stringMatching(/.+@.+/) as unknown;
  expect((await eventsOf(id)).at(-1)).toMatchObject({ event: 'accepted', person, reason: 'halted at zero' });
  const judged = (await shown()).filter(({ rule, from }) => rule === 'no_price' && from === '2026-06-04');
  expect(judged).toMatchObject([{ status: 'accepted' }]);
  expect(await lab.rows(settled)).toContainEqual({ session_date: '2026-06-04', settled_as: 'released' });
});

test('what is rejected is due no more, stays so, and is again once it is reopened', async () => {
  const id = await idOf('2026-06-08');
  const { code } = await run('reject', id, '--reason', 'nobody sold below nothing');
  expect(code).toBe(0);
  expect(
    await lab.rows(`select session_date, last_session, reason, confirmed from market.bar_absences`),
  ).toEqual([
    { session_date: '2026-06-08', last_session: '2026-06-08', reason: 'rejected', confirmed: true },
  ]);
  for (const session of ['2026-06-04', '2026-06-10', '2026-06-12'])
    await run('reject', await idOf(session), '--reason', 'a halt');
  const { runId } = await lab.run(flow, daily);
  expect(await lab.rows(`${planned}'${runId}'`)).toEqual([{ asked: 0 }]);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'success' }]);
  const { runId: asked } = await lab.run(flow, { ...daily, incremental: false });
  expect(await lab.loads(asked)).toMatchObject([{ status: 'success', error: null }]);
  expect((await shown()).map(({ status }) => status)).toEqual(Array(4).fill('accepted'));

  expect((await run('reopen', id, '--reason', 'it may come')).code).toBe(0);
  expect(
    await lab.rows(`select 1 from market.bar_absences where session_date <= '2026-06-08'
    and last_session >= '2026-06-08'`),
  ).toEqual([]);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  const { runId: last } = await lab.run(flow, daily);
  expect(await lab.loads(last)).toMatchObject([{ status: 'success', records: 1 }]);
  expect(await storedAt('2026-06-08')).toBe(1);
  expect((await shown()).find((one) => String(one.id) === id)).toMatchObject({ status: 'repaired' });
});

test('what is rejected and told otherwise then is open again, and due', async () => {
  const id = await idOf('2026-06-08');
  await run('reject', id, '--reason', 'nobody sold below nothing');
  const other = rows.map((row, at) => (at === 5 ? { ...row, l: -0.02 } : row));
  lab.market.charts = { HALT: chartOf('HALT', other) };
  const { runId } = await lab.run(flow, { ...daily, incremental: false });
  expect(await lab.loads(runId)).toMatchObject([{ status: 'partial', error: 'Quarantined' }]);
  expect(await eventsOf(id)).toMatchObject([
    { event: 'opened' },
    { event: 'accepted' },
    { event: 'reopened', runId, reason: 'it is not what was accepted' },
  ]);
  expect(await lab.rows(`select 1 from market.bar_absences`)).toEqual([]);
});

test.each([
  ['2026-06-08', 'its low is -0.01'],
  ['2026-06-12', 'its close is not told'],
])('the record of %s cannot be stored, and nothing changes', async (session, why) => {
  const id = await idOf(session);
  const before = await shown();
  const { code, stderr } = await run('release', id, '--reason', 'it is right');
  expect(code).toBe(2);
  expect(stderr).toContain(`the record of finding ${id} cannot be stored: ${why}`);
  expect(await shown()).toEqual(before);
  expect(await storedAt(session)).toBe(0);
});

test.each(['release', 'reject'])('%s says it once: what is settled is not settled again', async (verb) => {
  const id = await idOf('2026-06-10');
  expect((await run(verb, id, '--reason', 'known')).code).toBe(0);
  const events = await eventsOf(id);
  for (const again of ['release', 'reject']) {
    const { code, stderr } = await run(again, id, '--reason', 'known still');
    expect(code).toBe(2);
    expect(stderr).toContain(`finding ${id} is settled already: known`);
  }
  expect(await eventsOf(id)).toEqual(events);
});

test('what a later answer has settled, and what is no record in quarantine, is refused', async () => {
  const id = await idOf('2026-06-08');
  lab.market.charts = {
    HALT: chartOf(
      'HALT',
      usual.map((row, at) => (at === 4 ? { ...row, h: row.o / 2 } : row)),
    ),
  };
  await lab.run(flow, { ...daily, incremental: false });
  const of = await idOf('2026-06-05');
  for (const verb of ['release', 'reject']) {
    const late = await run(verb, id, '--reason', 'known');
    expect([late.code, late.stderr]).toEqual([2, expect.stringContaining(`finding ${id} is repaired`)]);
    const other = await run(verb, of, '--reason', 'known');
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining(`finding ${of} is of inconsistent: nothing of it is in quarantine`),
    ]);
    const none = await run(verb, '999999', '--reason', 'known');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no finding 999999')]);
    expect((await run(verb, id)).code).toBe(2);
    expect((await run(verb, id, '--reason', ' ')).stderr).toContain('--reason is empty');
  }
});

test('a bar that came since the record stays', async () => {
  const id = await idOf('2026-06-10');
  lab.market.now = '2026-06-30T23:00:00Z';
  lab.market.charts = {
    HALT: chartOf(
      'HALT',
      usual.map((row, at) => (at === 7 ? { ...row, c: 12.75 } : row)),
    ),
  };
  await lab.run(flow, daily);
  await run('reopen', id, '--reason', 'look again');
  const { code, stderr } = await run('release', id, '--reason', 'it is right');
  expect(code).toBe(2);
  expect(stderr).toContain('yahoo has told another bar since, which stays');
  const [bar] = await lab.bars('HALT', { from: '2026-06-10', to: '2026-06-10', source: 'yahoo' });
  expect(bar).toMatchObject({ close: 12.75 });
});

test.each([[[]], [['inspect', '1']], [['release', '--help']], [['reject', '--help']]])(
  '%j fits into 80 columns',
  async (args) => {
    const { stdout } = await run(...args);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);
