import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { steerRun } from '../../src/operations/steer-run.ts';
import { recentRuns } from '../../src/store/run-history.ts';
import { refuseRows } from '../support/refuse-rows.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker, type ScriptedReply } from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

afterAll(endSharedLab);

const now = '2024-06-03T02:00:00Z';
const symbols = ['AAPL', 'MSFT', 'SPY'];
const rows = rowsOf('2024-05-20', '2024-05-31', () => quiet(100));
const night = { daysBack: 3 };
const soon = { timeout: 60_000 };

/** Text that no index has room for. */
const endless = Array.from({ length: 400 }, (_, at) => createHash('sha256').update(String(at)).digest('hex'));

const dividend = (over: object) => ({
  ...{ id: 'D1', ticker: 'AAPL', ex_dividend_date: '2024-05-31', cash_amount: 0.5, currency: 'USD' },
  ...{ distribution_type: 'recurring', frequency: 4, ...over },
});

type Handle = (path: string) => ScriptedReply | Promise<ScriptedReply> | undefined;

const laboratory = (handle: Handle = () => undefined, over: object = {}) =>
  scriptedCase({
    now,
    handle,
    polygon: {
      tickers: symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' })),
      bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
      ...over,
    },
  });

type Lab = Awaited<ReturnType<typeof laboratory>>;

interface LedgerRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: string;
  readonly requests: number;
  readonly startedBy: string;
  readonly parent: string | null;
  readonly summary: unknown;
  readonly lasted: boolean;
}

const runsOf = (lab: Lab, flow: string) =>
  lab.rows<LedgerRun>(`select run_id as "runId", workflow_id as "workflowId", status, requests + lookups as requests,
    started_by as "startedBy", parent_run_id as parent, summary, closed_at is not null as lasted
    from market.runs where flow = '${flow}' order by started_at`);

const isActions = (path: string) => path.startsWith('/stocks/v1/');

async function theChild(lab: Lab): Promise<LedgerRun> {
  const [child] = await runsOf(lab, 'sync-corporate-actions');
  if (child === undefined) throw new Error('there is no child');
  return child;
}

describe('what a run has done beside', () => {
  test('is a run, listed under its own name, with its parent, its requests and a time-out in Temporal', async () => {
    const lab = await laboratory();
    const { runId, workflowId } = await lab.run('polygon-daily-ingestion', night);
    const child = await theChild(lab);
    expect(child).toMatchObject({
      ...{ workflowId: `${workflowId}/corporate-actions`, status: 'completed', parent: runId },
      ...{ requests: lab.log.filter(isActions).length, startedBy: 'another run', summary: { refetches: 0 } },
    });
    const own = await lab.rows(`select lookups from market.runs where run_id = '${runId}'`);
    expect(own).toEqual([{ lookups: lab.log.filter((path) => path.startsWith('/v3/')).length }]);
    const wish = { flow: 'sync-corporate-actions', status: null, since: null, limit: 5 };
    const listed = await recentRuns(lab.store.db, wish);
    expect(listed.map((run) => run.runId)).toEqual([child.runId]);
    expect(await lab.events(child.runId)).toContainEqual(
      expect.objectContaining({ message: 'corporate actions of 0 instruments judged' }),
    );
    const { raw } = await lab.worker.client.workflow.getHandle(child.workflowId).describe();
    expect(Number(raw.executionConfig?.workflowExecutionTimeout?.seconds ?? 0)).toBeGreaterThan(86_400);
  });

  test.each([
    [
      'refused for good',
      { status: 403, body: { status: 'NOT_AUTHORIZED', message: 'not entitled' } },
      'NotEntitled',
    ],
    ['no JSON', { status: 200, body: '<html>' }, 'ProviderUnavailable'],
    [
      'refused for too many',
      { status: 429, body: { error: 'x' }, headers: { 'retry-after': '0' } },
      'RateLimited',
    ],
  ])('fails with the cause where what it asks is %s, after 4 requests at most', async (_, reply, kind) => {
    const lab = await laboratory((path) => (isActions(path) ? reply : undefined));
    const { runId, summary } = await lab.run('polygon-daily-ingestion', night);
    expect(summary).toMatchObject({ successful: symbols.length, failed: 0 });
    const child = await theChild(lab);
    expect(child).toMatchObject({ status: 'failed', parent: runId, lasted: true });
    expect(child.summary).toMatchObject({ error: { kind } });
    expect(child.requests).toBe(lab.log.filter(isActions).length);
    expect(child.requests).toBeLessThanOrEqual(4);
    expect(await lab.events(child.runId)).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringMatching(/could not be read/) as unknown,
      }),
    );
  });

  test.each(['the command line', 'Temporal'])('ends when it is cancelled by %s', async (by) => {
    const held = Promise.withResolvers<ScriptedReply>();
    const lab = await laboratory((path) => (isActions(path) ? held.promise : undefined));
    const { workflowId } = await lab.worker.run('polygon-daily-ingestion', { nominalTime: now, ...night });
    await expect.poll(() => lab.log.some(isActions), soon).toBe(true);
    const { runId } = await theChild(lab);
    const { client } = lab.worker;
    const handle = client.workflow.getHandle(`${workflowId}/corporate-actions`);
    if (by === 'Temporal') await handle.cancel();
    else await steerRun({ client, db: lab.store.db, by: 'ann@desk' }, runId, { verb: 'cancel' });
    await handle.result().catch(() => undefined);
    held.resolve({ status: 500, body: 'late' });
    expect(await theChild(lab)).toMatchObject({ status: 'cancelled', lasted: true });
    expect((await lab.events(runId)).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^told to end by/),
    );
  });

  test('is also what a command has done: lists, and symbols of which each fails by itself', async () => {
    const lab = await laboratory();
    await lab.worker.execute('syncUniverse', []);
    const [sync] = await runsOf(lab, 'sync-universe');
    expect(sync).toMatchObject({
      status: 'completed',
      parent: null,
      requests: lab.log.length,
      startedBy: 'a client',
    });
    expect(sync?.summary).toMatchObject({ instruments: 3, added: 3 });
    lab.log.length = 0;
    lab.market.polygon.tickers = [
      ...lab.market.polygon.tickers,
      ticker('NEW'),
      ticker('ODD', { name: 'O\0' }),
    ];
    const wish = { symbols: ['NEW', 'ODD', 'NONE', 'SPY'], list: 'watchlist' };
    expect(await lab.worker.execute('watchSymbols', [wish])).toMatchObject([
      { symbol: 'NEW', error: null },
      { symbol: 'ODD', error: expect.stringMatching(/results\.name/) as unknown },
      { symbol: 'NONE', error: 'the provider does not know the symbol NONE' },
      { symbol: 'SPY', error: null },
    ]);
    const [watch] = await runsOf(lab, 'watch-symbols');
    expect(watch).toMatchObject({ status: 'completed', requests: lab.log.length });
    expect(watch?.summary).toEqual({ symbols: 4, unknown: 2 });
  });
});

describe('a record that the database refuses', () => {
  const rejected = `select symbol, reason from market.rejected_rows order by id`;

  test('of a list of instruments costs itself alone, and is kept as evidence', async () => {
    const odd = ticker(`Z${endless.join('')}`);
    const lab = await laboratory();
    lab.market.polygon.tickers = [...lab.market.polygon.tickers, odd];
    const { summary, runId } = await lab.run('polygon-daily-ingestion', night);
    expect(summary).toMatchObject({ successful: symbols.length, failed: 0 });
    expect(await lab.rows(rejected)).toEqual([
      {
        symbol: expect.stringMatching(/^Z5feceb66/) as unknown,
        reason: expect.stringMatching(/cannot be stored: .*SQLSTATE 54000/) as unknown,
      },
    ]);
    expect((await lab.events(runId)).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^1 rejected, and kept as evidence: .*cannot be stored/),
    );
  });

  test('of a page of actions costs itself alone, and is kept as evidence', async () => {
    const dividends = [
      dividend({}),
      dividend({ id: endless.join('') }),
      dividend({ id: 'D3', ticker: 'SPY' }),
    ];
    const lab = await laboratory(undefined, { dividends });
    await lab.run('polygon-daily-ingestion', night);
    expect(await theChild(lab)).toMatchObject({ status: 'completed', requests: 2 });
    expect(await lab.rows(rejected)).toEqual([
      { symbol: 'AAPL', reason: expect.stringMatching(/cannot be stored: .*SQLSTATE 54000/) as unknown },
    ]);
    const stored = await lab.rows(
      `select provider_id as id, status from market.corporate_actions order by id`,
    );
    expect(stored).toEqual([
      { id: 'D1', status: 'effective' },
      { id: 'D3', status: 'effective' },
    ]);
  });
});

test('an action that cannot be judged costs its instrument alone, which is named, and is judged once it can be', async () => {
  const dividends = symbols.map((symbol) => dividend({ id: symbol, ticker: symbol }));
  const lab = await laboratory(undefined, { dividends });
  const when = `new.instrument_id = (select id from market.instruments where symbol = 'AAPL')`;
  const allow = await refuseRows(lab.store, { table: 'market.corporate_actions', event: 'update', when });
  const statuses = () =>
    lab.rows(`select provider_id as id, status from market.corporate_actions order by id`);
  const effective = (id: string) => ({ id, status: 'effective' });
  await lab.run('polygon-daily-ingestion', night);
  const { runId, ...child } = await theChild(lab);
  expect(child).toMatchObject({ status: 'completed', summary: { refetches: 0 } });
  expect(await statuses()).toEqual([{ id: 'AAPL', status: 'pending' }, effective('MSFT'), effective('SPY')]);
  const message = expect.stringMatching(
    /^corporate actions of AAPL could not be judged: .*no room/,
  ) as unknown;
  expect(await lab.events(runId)).toContainEqual(
    expect.objectContaining({ level: 'error', symbol: 'AAPL', message }),
  );
  await allow();
  await lab.run('polygon-daily-ingestion', night);
  expect(await statuses()).toEqual(symbols.map(effective));
});

describe('a provider that refuses once and tells a wrong time', () => {
  const wrong = 'Wed, 05 Jun 2024 02:00:00 GMT';
  const settle = { sessions: 3 };
  const places = [
    ['lists', '/v3/reference/tickers', 'polygon-daily-ingestion', night],
    ['look-ups', '/v3/reference/tickers/AAPL', 'polygon-daily-ingestion', { ...night, symbols: ['AAPL'] }],
    ['actions', '/stocks/v1/dividends', 'polygon-daily-ingestion', night],
    ['the nightly comparison', '/v2/aggs/ticker/', 'polygon-settlement', settle],
  ] as const;

  test.each(places)('is told of where it happens: %s', async (_, place, flow, parameters) => {
    let refusals = 0;
    const lab = await laboratory((path) => {
      const isLists = place.endsWith('tickers') ? path === place : path.startsWith(place);
      if (!isLists || refusals > 0) return undefined;
      refusals += 1;
      return { status: 429, body: { error: 'too many' }, headers: { 'retry-after': '0', date: wrong } };
    });
    await lab.run(flow, parameters);
    expect(refusals).toBe(1);
    const said = await lab.rows<{ kind: string }>(
      `select data ->> 'kind' as kind from market.run_events where data ->> 'kind' in ('Refused', 'WrongClock') order by 1`,
    );
    expect(said).toEqual([{ kind: 'Refused' }, { kind: 'WrongClock' }]);
    expect(await lab.rows(`select flow, status from market.runs where status <> 'completed'`)).toEqual([]);
  });
});
