import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowParameters } from '../support/test-worker.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { FaultScript } from '../../src/simulator/faults/fault-script.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables, ledgerTables } from '../support/empty-tables.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

const canary = 'canary-api-key-7f3a';
/** The evening of a Tuesday and the noon of the Thursday after, New York. */
const evening = '2024-06-12T01:00:00Z';
const final = '2024-06-13T16:00:00Z';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  market = await startTestMarket({ clock: evening, symbols: 300, apiKey: canary });
  worker = await startTestWorker({ store, baseUrl: market.url, apiKey: canary, timeoutMs: 1_000 });
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});
beforeEach(async () => {
  market.setFaults([]);
  market.setClock(final);
  await emptyTables(store, ['daily_bars', 'bar_revisions', 'bar_absences', ...ledgerTables]);
});

const daily = (over: FlowParameters = {}): FlowParameters => ({
  nominalTime: evening,
  daysBack: 0,
  ...over,
});
const backfill = (symbols: readonly string[], over: FlowParameters = {}): FlowParameters => ({
  nominalTime: final,
  startDate: '2024-01-01',
  endDate: '2024-03-31',
  symbols,
  ...over,
});
const quarter = sessionsBetween({ from: '2024-01-01', to: '2024-03-31' }).length;

async function loads() {
  return store.db.selectFrom('market.load_runs').selectAll().orderBy('id').execute();
}
async function storedRows() {
  const { rows } = await sql<Record<string, unknown>>`
    select i.symbol, b.session_date, open, high, low, close, volume, vwap, trades, settled
    from market.daily_bars b join market.instruments i on i.id = b.instrument_id order by 1, 2`.execute(
    store.db,
  );
  return rows;
}
function barRequests(since: number) {
  return market
    .requests()
    .slice(since)
    .filter(({ endpoint }) => endpoint === 'aggregates' || endpoint === 'marketDay');
}

describe('a daily run', () => {
  test('of two symbols out of a market of 300 is one request and two rows', async () => {
    await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL', 'MSFT'] }));
    await emptyTables(store, ['daily_bars']);
    const since = market.requests().length;
    const { summary } = await worker.run(
      'polygon-daily-ingestion',
      daily({ symbols: ['AAPL', 'MSFT'] }),
      'daily-two',
    );
    expect(summary).toMatchObject({ totalSymbols: 2, successful: 2, changedRecords: 2, requests: 1 });
    expect(
      market
        .requests()
        .slice(since)
        .map(({ endpoint }) => endpoint)
        // Corporate actions are looked up once a day, beside the bars.
        .filter((endpoint) => endpoint !== 'splits' && endpoint !== 'dividends'),
    ).toEqual(['marketDay']);
    expect((await storedRows()).map(({ symbol, session_date }) => [symbol, session_date])).toEqual([
      ['AAPL', '2024-06-11'],
      ['MSFT', '2024-06-11'],
    ]);
  });

  test('of the universe reads the reference first, and again only after a day', async () => {
    const first = await worker.run('polygon-daily-ingestion', daily(), 'daily-universe');
    expect(first.summary.totalSymbols).toBeGreaterThan(250);
    expect(first.summary.requests).toBe(1);
    const since = market.requests().length;
    await worker.run('polygon-daily-ingestion', daily());
    expect(
      market
        .requests()
        .slice(since)
        .filter(({ endpoint }) => endpoint === 'tickers'),
    ).toEqual([]);
  });

  test('keeps to maxSymbols', async () => {
    const { summary } = await worker.run('polygon-daily-ingestion', daily({ maxSymbols: 3 }));
    expect(summary.totalSymbols).toBe(3);
  });

  test('in the evening is provisional, and settles when it is asked again after the mark', async () => {
    market.setClock('2024-06-12T01:00:00Z');
    await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL'] }));
    expect((await storedRows()).map(({ settled }) => settled)).toEqual([false]);
    market.setClock(final);
    const { summary } = await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL'] }));
    expect(summary).toMatchObject({ successful: 1, changedRecords: 0, settledRecords: 1 });
    expect((await storedRows()).map(({ settled }) => settled)).toEqual([true]);
    const since = market.requests().length;
    await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL'] }));
    expect(barRequests(since)).toEqual([]);
  });

  test('with incremental false asks again for what is settled', async () => {
    await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL'] }));
    const again = await worker.run(
      'polygon-daily-ingestion',
      daily({ symbols: ['AAPL'], incremental: false }),
    );
    expect(again.summary).toMatchObject({ totalRecords: 1, changedRecords: 0, requests: 1 });
  });

  test('late by days does the session of its nominal time', async () => {
    market.setClock('2024-06-20T15:00:00Z');
    await worker.run(
      'polygon-daily-ingestion',
      daily({ symbols: ['AAPL'], nominalTime: '2024-06-12T01:00:00Z' }),
    );
    expect((await storedRows()).map(({ session_date }) => session_date)).toEqual(['2024-06-11']);
  });
});

describe('a backfill', () => {
  test('stores each session once, and a second one changes nothing and asks nothing', async () => {
    const { summary } = await worker.run(
      'polygon-historical-backfill',
      backfill(['AAPL', 'SPY']),
      'backfill-two',
    );
    expect(summary).toMatchObject({
      successful: 2,
      totalRecords: 2 * quarter,
      changedRecords: 2 * quarter,
      requests: 2,
    });
    const rows = await storedRows();
    expect(rows.length).toBe(2 * quarter);
    const since = market.requests().length;
    const again = await worker.run('polygon-historical-backfill', backfill(['AAPL', 'SPY']));
    expect(again.summary).toMatchObject({ successful: 2, totalRecords: 0, changedRecords: 0, requests: 0 });
    expect(market.requests().length).toBe(since);
    expect(await storedRows()).toEqual(rows);
  });

  test('asks only for what is missing', async () => {
    await worker.run('polygon-historical-backfill', backfill(['AAPL']));
    await sql`delete from market.daily_bars where session_date between '2024-02-05' and '2024-02-09'`.execute(
      store.db,
    );
    const since = market.requests().length;
    await worker.run('polygon-historical-backfill', backfill(['AAPL']));
    expect(barRequests(since).map(({ path }) => path)).toEqual([
      expect.stringContaining('/AAPL/range/1/day/2024-02-05/2024-02-09'),
    ]);
    expect((await storedRows()).length).toBe(quarter);
  });

  test('of symbols typed in lower case, twice, and unknown: one load each, the unknown one failed with its reason', async () => {
    const { summary } = await worker.run(
      'polygon-historical-backfill',
      backfill(['aapl', 'msft', 'AAPL', 'NOSUCH']),
      'backfill-unknown',
    );
    expect(summary).toMatchObject({
      totalSymbols: 3,
      successful: 2,
      failed: 1,
      successfulSymbols: ['AAPL', 'MSFT'],
    });
    expect(summary.failedSymbols).toEqual([
      { symbol: 'NOSUCH', error: 'SymbolNotFound: the provider does not know the symbol NOSUCH' },
    ]);
    expect(
      (await loads()).map(({ symbol, status, records_count }) => [symbol, status, records_count]),
    ).toEqual([
      ['AAPL', 'success', quarter],
      ['MSFT', 'success', quarter],
      ['NOSUCH', 'failed', 0],
    ]);
  });

  test('before the first bar of a symbol writes absences, and does not ask again', async () => {
    const { rows } = await sql<{
      symbol: string;
      listed_on: string;
    }>`select symbol, listed_on from market.instruments
      where listed_on between '2016-01-01' and '2023-12-31' and active limit 1`.execute(store.db);
    // The list of the reference has no listing dates; whether any is known depends on the tests before.
    const symbol = rows[0]?.symbol ?? 'META';
    const range = { from: '2010-01-04', to: '2010-01-29' };
    const before = backfill([symbol], { startDate: range.from, endDate: range.to });
    const { summary } = await worker.run('polygon-historical-backfill', before);
    expect(summary).toMatchObject({ successful: 1, totalRecords: 0, requests: 1 });
    const absences = await store.db
      .selectFrom('market.bar_absences')
      .select(['session_date', 'last_session', 'reason', 'confirmed'])
      .execute();
    expect(absences).toEqual([
      { session_date: range.from, last_session: range.to, reason: 'not_listed', confirmed: true },
    ]);
    expect((await worker.run('polygon-historical-backfill', before)).summary).toMatchObject({ requests: 0 });
  });

  test('of a weekend has nothing to do', async () => {
    const range = { from: '2024-06-08', to: '2024-06-09' };
    const { summary } = await worker.run(
      'polygon-historical-backfill',
      backfill(['AAPL'], { startDate: range.from, endDate: range.to }),
    );
    expect(summary).toMatchObject({ successful: 1, totalRecords: 0, requests: 0 });
  });
});

describe('a fault of one symbol never touches another', () => {
  const hit = (fault: FaultScript[number]['fault']) => ({
    match: { endpoint: 'aggregates' as const, symbol: 'MSFT' },
    fault,
  });

  test.each<[string, FaultScript[number]['fault'], string]>([
    ['an unknown ticker', { kind: 'status', status: 404 }, 'SymbolNotFound'],
    ['a server error', { kind: 'status', status: 500 }, 'ProviderUnavailable'],
    ['HTML', { kind: 'html' }, 'ProviderUnavailable'],
    ['a cut body', { kind: 'cut' }, 'ProviderUnavailable'],
    ['a malformed body', { kind: 'malformed', field: 'adjusted' }, 'MalformedResponse'],
    ['another ticker', { kind: 'wrongTicker' }, 'MalformedResponse'],
    ['looping pages', { kind: 'loopingPages' }, 'BrokenPaging'],
    ['endless pages', { kind: 'endlessPages' }, 'BrokenPaging'],
    ['a slow answer', { kind: 'slow', ms: 30_000 }, 'ResponseTimedOut'],
    ['too many requests', { kind: 'status', status: 429, retryAfterSeconds: 7 }, 'RateLimited'],
    ['an entitlement', { kind: 'status', status: 403 }, 'NotEntitled'],
  ])('%s', async (_, fault, kind) => {
    market.setFaults([hit(fault)]);
    const { summary } = await worker.run('polygon-historical-backfill', backfill(['AAPL', 'MSFT', 'SPY']));
    expect(summary).toMatchObject({ successful: 2, failed: 1, successfulSymbols: ['AAPL', 'SPY'] });
    expect((await loads()).map(({ symbol, error_kind }) => [symbol, error_kind])).toEqual([
      ['AAPL', null],
      ['MSFT', kind],
      ['SPY', null],
    ]);
    expect((await storedRows()).length).toBe(2 * quarter);
    market.setFaults([]);
    const after = await worker.run('polygon-historical-backfill', backfill(['AAPL', 'MSFT', 'SPY']));
    expect(after.summary).toMatchObject({ successful: 3, failed: 0, changedRecords: quarter, requests: 1 });
  });

  test('a row that cannot be is left out, kept as evidence, and the session stays due', async () => {
    market.setFaults([{ ...hit({ kind: 'malformed' }), times: 1 }]);
    const { summary, runId } = await worker.run(
      'polygon-historical-backfill',
      backfill(['AAPL', 'MSFT', 'SPY']),
    );
    expect(summary).toMatchObject({ successful: 2, partial: 1 });
    expect(summary.partialSymbols[0]?.error).toMatch(/^Quarantined/);
    expect((await storedRows()).length).toBe(3 * quarter - 1);
    const { rows } = await sql<{ symbol: string; field: string }>`
      select symbol, field from market.rejected_rows where run_id = ${runId}`.execute(store.db);
    expect(rows).toEqual([{ symbol: 'MSFT', field: 'c' }]);
    const after = await worker.run('polygon-historical-backfill', backfill(['MSFT']));
    expect(after.summary).toMatchObject({ successful: 1, changedRecords: 1 });
  });

  test('rows that disagree are left out, both are in the events, and the session stays due', async () => {
    market.setFaults([{ ...hit({ kind: 'conflictingRows' }), times: 1 }]);
    const { summary, runId } = await worker.run('polygon-historical-backfill', backfill(['MSFT']));
    expect(summary).toMatchObject({ partial: 1 });
    expect(summary.partialSymbols[0]?.error).toMatch(/^ConflictingRows/);
    const kept = (await storedRows()).length;
    expect(kept).toBeLessThan(quarter);
    const { rows } = await sql<{
      rows: readonly object[];
    }>`select data -> 'rows' as rows from market.run_events
      where run_id = ${runId} and symbol = 'MSFT'`.execute(store.db);
    expect(rows.length).toBe(quarter - kept);
    expect(rows.every(({ rows: both }) => both.length === 2)).toBe(true);
    const after = await worker.run('polygon-historical-backfill', backfill(['MSFT']));
    expect(after.summary).toMatchObject({ successful: 1, changedRecords: quarter - kept });
  });

  test('rows that are double and equal count once', async () => {
    market.setFaults([hit({ kind: 'duplicateRows' })]);
    const { summary } = await worker.run('polygon-historical-backfill', backfill(['MSFT']));
    expect(summary).toMatchObject({ successful: 1, changedRecords: quarter });
  });

  test('a failed market day fails its loads for that cause, and leaves them due', async () => {
    market.setFaults([
      { match: { endpoint: 'marketDay' }, times: 1, fault: { kind: 'status', status: 500 } },
    ]);
    const request = daily({ symbols: ['AAPL', 'MSFT'] });
    const { summary } = await worker.run('polygon-daily-ingestion', request);
    expect(summary).toMatchObject({ failed: 2, successful: 0, requests: 1 });
    expect(summary.failedSymbols[0]?.error).toMatch(/^ProviderUnavailable/);
    expect((await worker.run('polygon-daily-ingestion', request)).summary).toMatchObject({ successful: 2 });
  });

  test('a day that the provider does not have yet is partial and no error of the run', async () => {
    market.setClock('2024-06-12T01:00:00Z');
    market.setFaults([{ match: { endpoint: 'marketDay' }, fault: { kind: 'notYet' } }]);
    const { summary } = await worker.run('polygon-daily-ingestion', daily({ symbols: ['AAPL', 'MSFT'] }));
    expect(summary).toMatchObject({ partial: 2, failed: 0 });
    expect((await loads()).map(({ error_kind }) => error_kind)).toEqual([
      'NotYetAvailable',
      'NotYetAvailable',
    ]);
  });

  test('a symbol that a market day lacks stays due, without an absence', async () => {
    const shortDay: FaultScript[number]['fault'] = {
      kind: 'shortMarketDay',
      fraction: 0.6,
      without: ['SPY'],
    };
    market.setFaults([{ match: { endpoint: 'marketDay' }, times: 1, fault: shortDay }]);
    const { summary } = await worker.run(
      'polygon-daily-ingestion',
      daily({ symbols: ['AAPL', 'MSFT', 'SPY'] }),
    );
    expect(summary.partialSymbols.map(({ symbol }) => symbol)).toContain('SPY');
    expect(await store.db.selectFrom('market.bar_absences').selectAll().execute()).toEqual([]);
  });
});

describe('a refused key', () => {
  test('is tried once, not once a symbol, and every load says so', async () => {
    const refused = await startTestWorker({ store, baseUrl: market.url, apiKey: 'wrong' });
    try {
      const since = market.requests().length;
      const { summary } = await refused.run('polygon-historical-backfill', backfill(['AAPL', 'MSFT', 'SPY']));
      expect(summary).toMatchObject({ failed: 3 });
      expect(summary.failedSymbols.every(({ error }) => error.startsWith('Unauthorized'))).toBe(true);
      // Requests that were under way when the first refusal came are the only others.
      expect(market.requests().length - since).toBeLessThanOrEqual(3);
    } finally {
      await refused.stop();
    }
  });
});

describe('the API key', () => {
  test('is in no history, table, error or URL', async () => {
    market.setFaults([
      { match: { endpoint: 'aggregates', symbol: 'MSFT' }, fault: { kind: 'status', status: 500 } },
    ]);
    const { workflowId } = await worker.run(
      'polygon-historical-backfill',
      backfill(['AAPL', 'MSFT', 'NOSUCH']),
    );
    expect(await worker.historyOf(workflowId)).not.toContain(canary);
    expect(
      market
        .requests()
        .map(({ path }) => path)
        .join(),
    ).not.toContain(canary);
    const tables = await sql<{ name: string }>`select format('%I.%I', schemaname, tablename) as name
      from pg_tables where schemaname in ('market', 'public')`.execute(store.db);
    expect(tables.rows.length).toBeGreaterThan(10);
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ found: number }>`select count(*)::int as found from ${sql.raw(name)} t
        where t::text like ${`%${canary}%`}`.execute(store.db);
      expect([name, rows[0]?.found]).toEqual([name, 0]);
    }
  });
});

describe('a run that ends early', () => {
  test('when it is cancelled closes its loads as cancelled, with the cause', async () => {
    market.setFaults([
      { match: { endpoint: 'aggregates', symbol: 'SPY' }, fault: { kind: 'slow', ms: 60_000 } },
    ]);
    const patient = await startTestWorker({ store, baseUrl: market.url, apiKey: canary, timeoutMs: 60_000 });
    try {
      const workflowId = `cancelled/${crypto.randomUUID()}`;
      const handle = await patient.client.workflow.start('polygonHistoricalBackfill', {
        workflowId,
        taskQueue: patient.taskQueue,
        args: [backfill(['AAPL', 'SPY'])],
      });
      await expect.poll(() => storedRows(), { timeout: 30_000 }).toHaveLength(quarter);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await loads()).map(({ symbol, status }) => [symbol, status])).toEqual([
        ['AAPL', 'success'],
        ['SPY', 'cancelled'],
      ]);
      const run = await store.db.selectFrom('market.runs').selectAll().executeTakeFirstOrThrow();
      expect(run).toMatchObject({ status: 'cancelled', summary: { successful: 1, failed: 1 } });
    } finally {
      await patient.stop();
    }
  });
});
