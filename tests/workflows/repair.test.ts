import { afterAll, expect, test } from 'vitest';
import { planRepair } from '../../src/pipelines/gaps/plan-repair.ts';
import { gapsOf } from '../../src/pipelines/gaps/wished-gaps.ts';
import type { ReaskSummary, RepairSummary } from '../../src/runs/repair-summary.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker, type ScriptedReply } from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

afterAll(endSharedLab);

const now = '2024-06-13T16:00:00.000Z';
const symbols = ['AAPL', 'MSFT'];
const rows = rowsOf('2024-05-20', '2024-06-12', () => quiet(100));
const stored = { startDate: '2024-05-20', endDate: '2024-05-24', symbols };
const wanted = { startDate: '2024-05-20', endDate: '2024-06-07', symbols, nominalTime: now };

type Handle = (path: string) => ScriptedReply | Promise<ScriptedReply> | undefined;

/** A market of two, and a store that has a week of it; the sessions of the two weeks after it lack. */
async function laboratory(handle: Handle = () => undefined) {
  const lab = await scriptedCase({
    now,
    polygon: {
      tickers: symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' })),
      bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
    },
  });
  await lab.run('polygon-historical-backfill', stored);
  lab.market.handle = handle;
  lab.log.length = 0;
  return lab;
}

type Lab = Awaited<ReturnType<typeof laboratory>>;
const lacking = 2 * 9;
const down: Handle = (path) =>
  path.includes('/aggs/') && (path.includes('MSFT') || path.includes('grouped'))
    ? { status: 500, body: {} }
    : undefined;

const repair = (lab: Lab, over: object = {}, save?: string) =>
  lab.worker.execute<RepairSummary>('repairGaps', [{ ...wanted, againAfterSeconds: [], ...over }], save);

interface SideRun {
  readonly workflowId: string;
  readonly status: string;
  readonly summary: ReaskSummary;
}
const reaskings = (lab: Lab) =>
  lab.rows<SideRun>(`select workflow_id as "workflowId", status, summary from market.runs
    where flow = 'reask-gaps' order by started_at`);

const soon = { timeout: 60_000 };
const requests = (lab: Lab) => lab.log.filter((path) => path.includes('/aggs/'));

test('what lacks is asked for in the fewest requests, by a run that the planner plans', async () => {
  const lab = await laboratory();
  const summary = await repair(lab, {}, 'repair-gaps');
  expect(summary).toMatchObject({ missing: lacking, came: lacking, explained: 0, remains: 0, againAt: [] });
  expect(summary.runs).toMatchObject([{ error: null }]);
  expect(requests(lab)).toHaveLength(2);
  expect(
    await lab.rows(`select status, parent_run_id is null as first from market.runs
    where flow in ('repair-gaps', 'polygon-historical-backfill') order by started_at`),
  ).toEqual([
    { status: 'completed', first: true },
    { status: 'completed', first: true },
    { status: 'completed', first: false },
  ]);
});

test('twice is as good as once: where nothing lacks nothing is asked', async () => {
  const lab = await laboratory();
  await repair(lab);
  lab.log.length = 0;
  const summary = await repair(lab, { againAfterSeconds: [0] });
  expect(summary).toMatchObject({ missing: 0, came: 0, remains: 0, runs: [] });
  await lab.worker.idle();
  expect(requests(lab)).toEqual([]);
  expect(await reaskings(lab)).toEqual([]);
});

test('what remains is asked again, and once it comes nobody is told', async () => {
  let refused = 0;
  const lab = await laboratory((path) => {
    const reply = refused < 2 ? down(path) : undefined;
    if (reply !== undefined) refused += 1;
    return reply;
  });
  const summary = await repair(lab, { againAfterSeconds: [0, 0, 0] });
  expect(summary).toMatchObject({ missing: lacking, came: 9, remains: 9, reasons: { never_asked: 9 } });
  expect(summary.runs[0]?.error).toBe('1 symbols failed');
  expect(summary.againAt).toHaveLength(3);
  await lab.worker.idle();
  expect(await reaskings(lab)).toMatchObject([
    { status: 'completed', summary: { rounds: 2, remains: 0, told: 0 } },
  ]);
  expect(await lab.findings()).toEqual([]);
});

test('what nobody can bring people are told of, and told again once bars have come', async () => {
  const lab = await laboratory(down);
  await repair(lab, { againAfterSeconds: [0, 0] });
  await lab.worker.idle();
  const [reasking] = await reaskings(lab);
  expect(reasking).toMatchObject({ status: 'completed', summary: { rounds: 2, remains: 9, told: 1 } });
  await lab.worker.saveHistory(reasking?.workflowId ?? '', 'reask-gaps');
  const findings = await lab.rows<{ evidence: { asked: readonly string[] } }>(`
    select rule, severity, status, source, interval, range_start as "from", range_end as "to", evidence
    from market.quality_findings`);
  expect(findings).toMatchObject([
    {
      ...{ rule: 'gap', severity: 'warn', status: 'open', source: 'polygon', interval: '1d' },
      ...{ from: '2024-05-28', to: '2024-06-07', evidence: { reason: 'never_asked', sessions: 9 } },
    },
  ]);
  expect(findings[0]?.evidence.asked).toHaveLength(3);
  lab.market.handle = () => undefined;
  await lab.run('polygon-historical-backfill', { ...stored, endDate: '2024-06-07' });
  expect(await lab.findings()).toMatchObject([{ rule: 'gap', status: 'repaired' }]);
});

test('a silence that was believed is asked again where another source saw trading, and is told where it stays', async () => {
  const lab = await laboratory();
  await repair(lab);
  const without = rows.filter(({ d }) => d !== '2024-05-30');
  lab.market.polygon.bars = { AAPL: without, MSFT: rows };
  await lab.rows(`delete from market.daily_bars where session_date in ('2024-05-29', '2024-05-30')
    and instrument_id = ${await lab.idOf('AAPL')}`);
  await lab.rows(`insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason,
      confirmed, run_id, observed_at)
    values (${await lab.idOf('AAPL')}, 'polygon', '1d', '2024-05-29', '2024-05-30', 'no_trade', true,
      gen_random_uuid(), now())`);
  expect(await repair(lab)).toMatchObject({ missing: 0 });
  await lab.rows(`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume,
      settled, endpoint, run_id, observed_at)
    select ${await lab.idOf('AAPL')}, 'yahoo', day, 100, 101, 99, 100, 1000, true, 'series', gen_random_uuid(), now()
    from unnest(array['${rows.map(({ d }) => d).join("','")}']::date[]) as day`);
  const summary = await repair(lab, { againAfterSeconds: [0] });
  expect(summary).toMatchObject({ missing: 2, came: 1, remains: 1, reasons: { provider_fault: 1 } });
  await lab.worker.idle();
  expect(await lab.findings()).toMatchObject([
    { rule: 'gap', status: 'open', evidence: { reason: 'provider_fault', sessions: 1 } },
  ]);
});

test('a run for the same that goes on already is waited for', async () => {
  let release: (reply?: undefined) => void = () => undefined;
  const held = new Promise<undefined>((resolve) => (release = resolve));
  const lab = await laboratory((path) => (path.includes('/aggs/') ? (held as never) : undefined));
  const request = { nominalTime: now, symbols, againAfterSeconds: [] };
  const range = { from: wanted.startDate, to: wanted.endDate };
  const { runs } = await planRepair(lab.store.db, await gapsOf(lab.store.db, { ...request, range }, now));
  const { client, taskQueue } = lab.worker;
  const [own] = runs;
  await client.workflow.start('polygonHistoricalBackfill', {
    ...{ taskQueue, workflowId: own?.workflowId ?? '', args: [own?.parameters] },
  });
  const waited = repair(lab);
  const isWaiting = async () =>
    (await lab.rows<object>(`select from market.run_events where message like '%lack and may be had%'`))
      .length > 0;
  await expect.poll(isWaiting, soon).toBe(true);
  release();
  expect(await waited).toMatchObject({ missing: lacking, came: lacking, remains: 0 });
  expect(await lab.rows(`select from market.runs where flow = 'polygon-historical-backfill'`)).toHaveLength(
    2,
  );
});

test('a repair that is told to end tells its runs to', async () => {
  const lab = await laboratory((path) =>
    path.includes('/aggs/') ? new Promise(() => undefined) : undefined,
  );
  const { client, taskQueue } = lab.worker;
  const handle = await client.workflow.start('repairGaps', {
    ...{
      taskQueue,
      workflowId: `cancelled-repair-${taskQueue}`,
      args: [{ ...wanted, againAfterSeconds: [] }],
    },
  });
  const goesOn = `select from market.runs where parent_run_id is not null and status = 'running'`;
  await expect.poll(async () => (await lab.rows<object>(goesOn)).length, soon).toBe(1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  await lab.worker.idle();
  expect(
    await lab.rows(`select flow, status from market.runs where flow = 'repair-gaps' or parent_run_id is not null
      order by flow`),
  ).toEqual([
    { flow: 'polygon-historical-backfill', status: 'cancelled' },
    { flow: 'repair-gaps', status: 'cancelled' },
  ]);
});

test.each([
  [{ startDate: '2024-06-07', endDate: '2024-05-20' }, 'reversed'],
  [{ endDate: undefined }, 'half a range'],
  [{ symbols: ['NOSUCH'] }, 'no one instrument is NOSUCH'],
  [{ againAfterSeconds: [-1] }, 'againAfterSeconds'],
])('%j is no repair', async (over, message) => {
  const lab = await laboratory();
  await expect(repair(lab, over)).rejects.toMatchObject({
    cause: { message: expect.stringContaining(message) as unknown },
  });
});
