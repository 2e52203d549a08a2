import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeCalendar } from '../../src/calendar/exchange-calendar.ts';
import { indicatorsDailyCalculation as declared } from '../../src/flows/indicators-daily-calculation.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { plannedRun } from '../../src/flows/runs.ts';
import { indicatorsDailyCalculation } from '../../schedules/indicators-daily-calculation.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { indicatorColumns } from '../../src/indicators/columns.ts';
import type { IndicatorsSummary } from '../../src/runs/indicators-summary.ts';
import { transaction } from '../../src/store/transaction.ts';
import { insertLoads } from '../../src/store/load-runs.ts';
import { closeRun, insertRun, summarize } from '../../src/store/runs.ts';
import type { FiringOutcome } from '../../workflows/start-scheduled-run.ts';
import type { RunProgress } from '../../workflows/orders.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { hasFixtures, readCsv } from '../support/fixtures.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';
import { largestDifference, readReferenceFile } from '../unit/indicators/reference-files.ts';
import { walk } from '../unit/indicators/series.ts';

const flow = 'indicators-daily-calculation';
const session = '2024-06-14';
const nominalTime = '2024-06-15T02:00:00Z';

let store: TestDatabase;
let series: StoredSeries;
let worker: TestWorker;
const workerOptions = () => ({ store, baseUrl: 'http://127.0.0.1:1', analytics: true, batchSize: 3 });

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
  worker = await startTestWorker(workerOptions());
});
afterAll(async () => {
  await worker.stop();
  await store.close();
});

const request = (over: FlowParameters = {}): FlowParameters => ({
  nominalTime,
  dataSource: 'polygon',
  ...over,
});
const planned = (parameters: FlowParameters) =>
  plannedRun(declared, requestFrom(declared, parameters, nominalTime), exchangeCalendar);
const idOf = (parameters: FlowParameters) => planned(parameters).workflowId;
const run = async (over: FlowParameters = {}, save?: string) => {
  const { summary, ...rest } = await worker.run(flow, request(over), save);
  return { ...rest, summary: summary as IndicatorsSummary };
};
const sessions = sessionsBetween({ from: '2023-01-03', to: session }).map((one) => one.session);

function datedWalk(seed: number): readonly DatedBar[] {
  const rows = walk(sessions.length, 50, seed);
  return sessions.map((date, index): DatedBar => [date, rows[index] ?? [1, 1, 1, 1, 1]]);
}

async function manyInstruments(prefix: string, count: number): Promise<readonly string[]> {
  const symbols = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  for (const [index, symbol] of symbols.entries()) {
    await series.write(await series.instrument(symbol), datedWalk(index + 1));
  }
  return symbols;
}

/** Every stored row of the symbols, without which run wrote it and when. */
async function tableOf(prefix: string): Promise<readonly unknown[]> {
  const { rows } =
    await sql`select i.symbol, to_jsonb(stored) - '{run_id,computed_at,known_from,instrument_id}'::text[] as row
    from market.indicators stored join market.instruments i on i.id = instrument_id
    where i.symbol like ${`${prefix}%`} order by i.symbol, session_date`.execute(store.db);
  return rows;
}

describe('a run that a person asked for', () => {
  test('computes what is due in batches, and a second one computes nothing', async () => {
    const symbols = await manyInstruments('RUN', 7);
    const { summary, runId } = await run({ symbols }, 'indicators');
    expect(summary).toMatchObject({
      totalSymbols: 7,
      successful: 7,
      calculationDate: session,
      waitedFor: null,
      wentOnWithout: null,
    });
    expect(summary.changedRecords).toBe(7 * 207);
    const { rows } =
      await sql`select status, data_source, interval, records_count, range_end from market.load_runs
      where run_id = ${runId} limit 1`.execute(store.db);
    expect(rows).toEqual([
      {
        status: 'success',
        data_source: 'indicators',
        interval: '1d',
        records_count: 207,
        range_end: session,
      },
    ]);
    expect((await run({ symbols })).summary).toMatchObject({
      totalRecords: 0,
      changedRecords: 0,
      successful: 7,
    });
  });

  test('says which bars are missing, and does not wait for them', async () => {
    const id = await series.instrument('LATE');
    await series.write(id, datedWalk(3).slice(0, -1));
    const { summary } = await run({ symbols: ['LATE'] });
    expect(summary).toMatchObject({
      partial: 1,
      waitedFor: null,
      wentOnWithout: `1 of 1 symbols have no bar of ${session}`,
    });
  });

  test('asked twice is one run, whether it waits or not', () => {
    const id = idOf(request());
    expect(id).toMatch(/^indicators-daily-calculation\/2024-06-14\/[0-9a-f]{12}$/);
    expect(idOf(request({ waitSeconds: 7200, nominalTime: '2024-06-16T02:00:00Z' }))).toBe(id);
    expect(idOf(request({ dataSource: 'yahoo' }))).not.toBe(id);
    const range = { from: '2024-06-03', to: '2024-06-30' };
    expect(idOf(request({ startDate: range.from, endDate: range.to }))).toContain('/2024-06-03..2024-06-14/');
  });

  test.each([
    ['the last closed session', {}, ['2023-08-19', '2024-06-14']],
    ['a holiday becomes the session before', { calculationDate: '2024-05-27' }, ['2023-07-29', '2024-05-24']],
  ])('is for %s', (_, over, [from, to]) => {
    expect(planned(request(over)).sessions).toEqual({ range: { from, to }, sessions: [to], again: [] });
  });
});

test('a session that is still to come is refused, and the run is in the ledger as failed', async () => {
  const ending = run({ symbols: ['WAIT0'], calculationDate: '2024-06-20' });
  await expect(ending).rejects.toMatchObject({
    cause: { cause: { type: 'ContradictoryParameters', nonRetryable: true } },
  });
  const { rows } =
    await sql`select status from market.runs where parameters -> 'rows' ->> 'calculationDate' = '2024-06-20'`.execute(
      store.db,
    );
  expect(rows).toEqual([{ status: 'failed' }]);
});

describe('a deadline', () => {
  test('ends the run with its summary and a ledger that says so', async () => {
    const slow = await startTestWorker({ ...workerOptions(), policy: { runTimeoutSeconds: 1 } });
    const symbols = await manyInstruments('SLOW', 2);
    const id = await series.instrument('SLOW0');
    // Somebody else holds the series for longer than the run may take.
    const holder = await store.connect();
    await holder.query('begin');
    await holder.query(
      `insert into market.indicator_states (instrument_id, source) values (${id}, 'polygon')`,
    );
    const ending = slow.run(flow, request({ symbols }));
    await delay(4000);
    await holder.query('rollback');
    holder.release();
    const { summary } = await ending;
    await slow.stop();
    expect(summary.failedSymbols.map(({ error }) => error)).toEqual([
      "DeadlineExceeded: not computed within the run's 1 s",
      "DeadlineExceeded: not computed within the run's 1 s",
    ]);
  });
});

describe('a killed worker', () => {
  test('leaves the tables of an undisturbed run', async () => {
    const symbols = await manyInstruments('KILL', 24);
    // Somebody else holds all series but those of the first batch: the run cannot end before its worker does.
    const holder = await store.connect();
    await holder.query('begin');
    await holder.query(
      `insert into market.indicator_states (instrument_id, source) select id, 'polygon'
      from market.instruments where symbol = any ($1)`,
      [symbols.slice(3)],
    );
    const victim = await startTestWorker(workerOptions());
    const { taskQueue } = victim;
    const workflowId = `killed/${taskQueue}`;
    const args = [request({ symbols })];
    await victim.client.workflow.start('indicatorsDailyCalculation', { workflowId, taskQueue, args });
    const begun = async () => (await tableOf('KILL')).length;
    await expect.poll(begun, { timeout: 60_000 }).toBeGreaterThan(0);
    const stopped = victim.stop();
    await holder.query('rollback');
    holder.release();
    await stopped;
    const afterwards = (await tableOf('KILL')).length;
    const heir = await startTestWorker({ ...workerOptions(), taskQueue });
    const summary = (await heir.client.workflow.getHandle(workflowId).result()) as IndicatorsSummary;
    await heir.stop();
    expect(afterwards).toBeLessThan(24 * 207);
    expect(summary).toMatchObject({ totalSymbols: 24, successful: 24, failed: 0 });
    const disturbed = await tableOf('KILL');
    expect(disturbed.length).toBe(24 * 207);
    await sql`delete from market.indicators where instrument_id in (
      select id from market.instruments where symbol like 'KILL%')`.execute(store.db);
    await sql`delete from market.indicator_states where instrument_id in (
      select id from market.instruments where symbol like 'KILL%')`.execute(store.db);
    await run({ symbols });
    expect(await tableOf('KILL')).toEqual(disturbed);
  });
});

describe('a scheduled run', () => {
  const firing = {
    flow,
    parameters: {
      ...indicatorsDailyCalculation.parameters,
      dataSource: 'polygon',
      waitSeconds: 3600,
      symbols: ['WAIT0'],
    },
  };

  /** A validation of the session, as the schedule has it. */
  async function validation(runId: string): Promise<void> {
    await insertRun(store.db, {
      ...{ runId, workflowId: `market-data-validation/${session}/x`, startedAt: nominalTime },
      flow: 'market-data-validation',
      parameters: {},
      sessions: { range: { from: session, to: session }, sessions: [session], again: [] },
    });
  }

  async function ingestion(runId: string): Promise<void> {
    const range = { from: session, to: session };
    const started = { runId, workflowId: `polygon-daily-ingestion/${session}/x`, startedAt: nominalTime };
    await insertRun(store.db, {
      ...started,
      flow: 'polygon-daily-ingestion',
      parameters: {},
      sessions: { range, sessions: [session], again: [] },
    });
    const loads = [{ symbol: 'WAIT0', instrumentId: await series.instrument('WAIT0') }];
    await transaction(store, (tx) =>
      insertLoads(tx, { ...started, source: 'polygon', interval: '1d', range, loads }),
    );
  }

  test('waits for the ingestion of its session, and for the validation', async () => {
    await manyInstruments('WAIT', 1);
    const runId = '11111111-1111-4111-8111-111111111111';
    await ingestion(runId);
    const handle = await worker.client.workflow.start<(input: FlowParameters) => Promise<IndicatorsSummary>>(
      'indicatorsDailyCalculation',
      {
        workflowId: 'indicators/waiting',
        taskQueue: worker.taskQueue,
        args: [request({ symbols: ['WAIT0'], waitSeconds: 3 })],
      },
    );
    // It has looked once, and waits to look again.
    await expect
      .poll(async () => (await handle.query<RunProgress>('runProgress')).waits?.what, { timeout: 60_000 })
      .toContain('the bars of');
    const { rows } =
      await sql`select 1 from market.indicators join market.instruments i on i.id = instrument_id
      where symbol = 'WAIT0'`.execute(store.db);
    expect(rows).toEqual([]);
    const judged = '22222222-2222-4222-8222-222222222222';
    await validation(judged);
    await closeRun(store.db, runId, { status: 'completed', summary: await summarize(store.db, runId) });
    await closeRun(store.db, judged, { status: 'completed', summary: {} });
    const summary = await handle.result();
    await worker.saveHistory(handle.workflowId, 'indicators-waiting');
    expect(summary).toMatchObject({
      waitedFor: { flow: 'polygon-daily-ingestion', session, seconds: 3 },
      wentOnWithout: null,
      successful: 1,
    });
  });

  test('goes on without after the longest wait, and says so', async () => {
    const lacks = `no run of yahoo-market-data-hourly for ${session}`;
    const { summary, runId } = await run({ dataSource: 'yahoo', symbols: ['WAIT0'], waitSeconds: 1 });
    expect(summary).toMatchObject({
      failed: 1,
      waitedFor: { flow: 'yahoo-market-data-hourly', session, seconds: 1 },
      wentOnWithout: lacks,
    });
    const { rows } = await sql<{ message: string }>`select message from market.run_events
      where run_id = ${runId} and level = 'warn' order by id`.execute(store.db);
    expect(rows[0]?.message).toBe(
      `waited 1 s for yahoo-market-data-hourly; goes on without what it waited for: ${lacks}`,
    );
  });

  test('paused while it waits computes nothing until it is resumed', async () => {
    await manyInstruments('HELD', 1);
    const rows = () => tableOf('HELD');
    const handle = await worker.client.workflow.start('indicatorsDailyCalculation', {
      workflowId: 'indicators/held',
      taskQueue: worker.taskQueue,
      args: [request({ symbols: ['HELD0'], waitSeconds: 1, nominalTime: '2024-06-14T02:00:00Z' })],
    });
    const progress = () => handle.query<{ readonly phase: string }>('runProgress');
    await handle.executeUpdate('pauseRun');
    await expect.poll(progress, { timeout: 60_000 }).toMatchObject({ phase: 'computing', paused: true });
    // Another run does all its work meanwhile.
    await manyInstruments('UNHELD', 1);
    expect((await run({ symbols: ['UNHELD0'] })).summary.successful).toBe(1);
    expect(await rows()).toEqual([]);
    await handle.executeUpdate('resumeRun');
    expect(await handle.result()).toMatchObject({ successful: 1, failed: 0 });
    expect(await rows()).not.toEqual([]);
  });

  test('cancelled before it has begun is closed in the ledger as cancelled', async () => {
    const handle = await worker.client.workflow.start('indicatorsDailyCalculation', {
      workflowId: 'indicators/cancelled-at-once',
      taskQueue: worker.taskQueue,
      args: [request({ symbols: ['WAIT0'], waitSeconds: 3600 })],
      // The first task comes after the cancellation.
      startDelay: '1 second',
    });
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    const { rows } =
      await sql`select status from market.runs where workflow_id = ${handle.workflowId}`.execute(store.db);
    expect(rows).toEqual([{ status: 'cancelled' }]);
  });

  test('is started under the id of its session, and has nothing to do where nobody is watched', async () => {
    const unwatched = { ...firing, parameters: indicatorsDailyCalculation.parameters };
    expect(await worker.execute<FiringOutcome>('startScheduledRun', [unwatched])).toMatchObject({
      outcome: 'nothing_due',
      reason: 'the watchlist is empty: barwright symbols watch AAPL,MSFT',
    });
    const fired = await worker.execute<FiringOutcome>('startScheduledRun', [firing]);
    expect(fired.outcome).toBe('started');
    expect(fired.workflowId).toMatch(/^indicators-daily-calculation\/\d{4}-\d\d-\d\d\/[0-9a-f]{12}$/);
    await worker.client.workflow.getHandle(fired.workflowId).cancel();
    await worker.client.workflow
      .getHandle(fired.workflowId)
      .result()
      .catch(() => undefined);
    const { rows } =
      await sql`select status from market.runs where workflow_id = ${fired.workflowId}`.execute(store.db);
    expect(rows).toEqual([{ status: 'cancelled' }]);
  });
});

describe.skipIf(!hasFixtures)('real bars (../shared)', () => {
  const recorded = (symbol: string): readonly DatedBar[] =>
    readCsv(`bars/lean_${symbol}_daily_raw.csv`).map((row): DatedBar => {
      const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = [
        'open',
        'high',
        'low',
        'close',
        'volume',
      ].map((name) => Number(row[name]));
      return [row.date ?? '', [open, high, low, close, volume]];
    });

  /** Computes the whole of what is stored of a symbol. */
  async function compute(symbol: string, bars: readonly DatedBar[]) {
    const id = await series.instrument(symbol);
    await series.write(id, bars);
    const days = new Set(bars.map(([date]) => date));
    const missing = sessionsBetween({ from: bars[0]?.[0] ?? '', to: bars.at(-1)?.[0] ?? '' })
      .map((one) => one.session)
      .filter((date) => !days.has(date));
    for (const date of missing) await series.absent(id, date);
    return { id, range: { from: bars[0]?.[0] ?? '', to: bars.at(-1)?.[0] ?? '' } };
  }

  /**
   * The file's splits are quotients of factors with eight digits, such as 1.9999955 for two. Under those ratios that
   * leaves 2e-8 of the price or of the volume, and 2e-5 on a scale of a hundred for what divides differences of prices.
   */
  const underItsRatios = { price: 2e-8, volume: 2.5e-8, none: 2e-5, but: [] as readonly string[] };
  /** Under whole ratios the prices differ by 2e-6. Where an up and a down move tie, rounding says which is the larger. */
  const underWholeRatios = {
    price: 1e-5,
    volume: 3e-6,
    none: 5e-3,
    but: ['adx_14', 'plus_di_14', 'minus_di_14'],
  };

  test.each([
    ['AAPL', 'under the ratios of the file', (ratio: number) => ratio, underItsRatios],
    ['WHOLE', 'under whole ratios', Math.round, underWholeRatios],
  ])('%s of 23 years with its splits, %s, is what TA-Lib computes', async (symbol, _, ratioOf, bounds) => {
    const { id, range } = await compute(symbol, recorded('AAPL'));
    for (const { last_session_before_event: last = '', kind, value } of readCsv(
      'bars/lean_AAPL_events.csv',
    )) {
      if (kind !== 'split') continue;
      const before = `${last.slice(0, 4)}-${last.slice(4, 6)}-${last.slice(6)}`;
      const exDate = sessionsBetween({ from: before, to: '2021-12-31' })[1]?.session ?? '';
      await series.split(id, exDate, ratioOf(Number(value)));
    }
    const { summary } = await run({ symbols: [symbol], startDate: range.from, endDate: range.to });
    expect(summary).toMatchObject({ successful: 1, totalRecords: 5849, changedRecords: 5849 });
    const reference = readReferenceFile('AAPL_daily_split_adjusted_1998_2021.csv');
    const stored = await series.stored(id);
    expect(stored.sessions).toEqual(reference.series.sessions);
    const { close } = reference.series;
    for (const [column, values] of reference.expected) {
      if (bounds.but.includes(column)) continue;
      const { dimension = 'none' } = indicatorColumns.find(({ name }) => name === column) ?? {};
      const scaleAt = (row: number) =>
        ({ price: close[row] ?? NaN, volume: Math.abs(values[row] ?? NaN), none: 1 })[dimension];
      const found = stored.numbers.get(column) ?? new Float64Array();
      const excess = Math.max(
        ...values.map((value, row) => {
          if (Number.isNaN(value) !== Number.isNaN(found[row])) return Infinity;
          const allowed = bounds[dimension] * scaleAt(row);
          return Number.isNaN(value) ? 0 : Math.abs((found[row] ?? NaN) - value) / allowed;
        }),
      );
      expect({ column, within: excess <= 1 }).toEqual({ column, within: true });
    }
  });

  test('the last 2,500 days of SPY are what TA-Lib computes', async () => {
    const bars = recorded('SPY').slice(-2500);
    const { id, range } = await compute('SPY', bars);
    await run({ symbols: ['SPY'], startDate: range.from, endDate: range.to });
    const { expected, series: reference } = readReferenceFile('SPY_daily_raw_last2500.csv');
    const stored = await series.stored(id);
    expect(stored.sessions).toEqual(reference.sessions);
    for (const [column, values] of expected) {
      const { allowance, lopsided } = largestDifference(
        values,
        stored.numbers.get(column) ?? new Float64Array(),
      );
      expect({ column, lopsided, allowed: allowance <= 1 }).toEqual({ column, lopsided: 0, allowed: true });
    }
  });
});
