import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBars, type Adjustment } from '../../src/store/adjusted-bars.ts';
import type { ScriptedAction } from '../../src/simulator/market/scripted-actions.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import type { SourceName } from '../../src/domain/source.ts';

const exDate = '2024-06-10';
/** Evenings, New York: the Friday before, the day of the split, and the days after. */
const friday = '2024-06-08T01:00:00Z';
const evenings = [
  '2024-06-11T01:00:00Z',
  '2024-06-12T01:00:00Z',
  '2024-06-13T01:00:00Z',
  '2024-06-18T01:00:00Z',
] as const;
const wednesdayMorning = '2024-06-12T12:00:00Z';

interface Telling {
  readonly symbol: string;
  readonly over: Partial<ScriptedAction>;
  /** Rules of the findings that it leaves open. */
  readonly found?: readonly string[];
}

/** Ways in which two sources tell a split between two runs, each of a stock of its own. */
const tellings: Readonly<Record<string, Telling>> = {
  'in time': { symbol: 'MSFT', over: {} },
  'applied by Yahoo two days late': {
    symbol: 'AMZN',
    over: { yahooListsFrom: wednesdayMorning, yahooAppliesFrom: wednesdayMorning },
  },
  'listed by Yahoo at once, and applied late': {
    symbol: 'JPM',
    over: { yahooAppliesFrom: wednesdayMorning },
  },
  'listed twice by each': { symbol: 'KO', over: { duplicate: true } },
  'told of by Polygon alone': {
    symbol: 'WMT',
    over: { onlyBy: 'polygon' },
    found: ['split_by_one_source'],
  },
  'told of by Yahoo alone': { symbol: 'IBM', over: { onlyBy: 'yahoo' }, found: ['split_by_one_source'] },
};
const beforeAnyoneTells: Telling = {
  symbol: 'JNJ',
  over: { yahooListsFrom: wednesdayMorning, polygonListsFrom: wednesdayMorning },
};
const twiceOver: Telling = { symbol: 'XOM', over: { yahooAppliesTwice: true } };
const all = [...Object.values(tellings), beforeAnyoneTells, twiceOver];

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

beforeAll(async () => {
  store = await freshDatabase();
  const actions = all.map(
    ({ symbol, over }) => ({ symbol, kind: 'split', exDate, ratio: 4, ...over }) as const,
  );
  market = await startTestMarket({ clock: friday, symbols: 30, actions });
  worker = await startTestWorker({ store, baseUrl: market.url });
  await worker.execute('syncUniverse', []);
});
afterAll(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

/** An evening: what Polygon has, its corporate actions, then Yahoo's days and hours. */
async function evening(clock: string): Promise<void> {
  market.setClock(clock);
  const common = { nominalTime: clock, symbols: all.map(({ symbol }) => symbol) };
  const daily = { ...common, daysBack: 60 };
  const { workflowId } = await worker.run('polygon-daily-ingestion', daily);
  const actions = `${workflowId}/corporate-actions`;
  await worker.client.workflow.getHandle(actions).result();
  await worker.saveHistory(actions, 'sync-corporate-actions');
  const yahoo = { ...common, daysBack: 1, reachBackDays: 60 };
  await worker.run('yahoo-market-data-hourly', { ...yahoo, interval: '1d' });
  await worker.run('yahoo-market-data-hourly', { ...yahoo, interval: '1h' });
  await worker.idle();
  const { rows } = await sql`select workflow_id from market.runs
    where (workflow_id like '%/new-split' or workflow_id like '%/corporate-actions') and parent_run_id is null`.execute(
    store.db,
  );
  expect(rows).toEqual([]);
}

async function closes(symbol: string, source: SourceName, interval: '1d' | '1h', adjust: Adjustment) {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol = ${symbol} and active`.execute(store.db);
  const range = { from: '2024-01-01', to: '2024-12-31' };
  const bars = await readBars(store.db, { instrumentId: rows[0]?.id ?? 0, source, interval, range, adjust });
  return new Map(bars.map(({ session, close }) => [session, close]));
}

/** Yahoo's prices are Polygon's at each adjustment, and a split takes a quarter of what was before it. */
async function expectRightPrices(symbol: string, known = true): Promise<void> {
  const raw = await closes(symbol, 'polygon', '1d', 'raw');
  const split = await closes(symbol, 'polygon', '1d', 'split');
  expect(raw.size).toBeGreaterThan(35);
  for (const [session, close] of raw) {
    const factor = known && session < exDate ? 4 : 1;
    const off = Math.abs((split.get(session) ?? NaN) * factor - close);
    const at = { symbol, session, close, factor };
    expect({ ...at, off: off < 1e-6 ? 0 : off }).toEqual({ ...at, off: 0 });
  }
  for (const [interval, adjust] of [
    ['1d', 'raw'],
    ['1d', 'split'],
    ['1h', 'raw'],
    ['1h', 'split'],
  ] as const) {
    const truth = adjust === 'raw' ? raw : split;
    for (const [session, close] of await closes(symbol, 'yahoo', interval, adjust)) {
      const expected = truth.get(session) ?? NaN;
      const at = { symbol, interval, adjust, session };
      const off = Math.abs(close / expected - 1) < 1e-5 ? 0 : close / expected;
      expect({ ...at, off }).toEqual({ ...at, off: 0 });
    }
  }
}

/** Settled bars of a stock that were revised. */
async function revisions(symbol: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from market.bar_revisions join market.instruments i on i.id = instrument_id
    where settled and i.symbol = ${symbol}`.execute(store.db);
  return rows[0]?.count ?? NaN;
}

async function openFindings(symbol: string): Promise<readonly string[]> {
  const { rows } = await sql<{ rule: string }>`
    select rule from market.quality_findings join market.instruments i on i.id = instrument_id
    where status = 'open' and i.symbol = ${symbol} order by rule`.execute(store.db);
  return rows.map(({ rule }) => rule);
}

/** Yahoo's loads of a stock in the last evening, days and hours. */
async function yahooLoads(symbol: string): Promise<readonly object[]> {
  const { rows } = await sql<object>`
    select status, error_kind from market.load_runs
    where data_source = 'yahoo' and symbol = ${symbol} order by id desc limit 2`.execute(store.db);
  return rows;
}

/** Bars from before the split that are not known to be in its shares. */
async function stale(symbol: string): Promise<number> {
  const { rows } = await sql`
    select from market.daily_bars join market.instruments i on i.id = instrument_id
    where source = 'yahoo' and split_basis < ${exDate} and session_date < ${exDate}
      and i.symbol = ${symbol}`.execute(store.db);
  return rows.length;
}

test('the evening before, every price is as it was', async () => {
  await evening(friday);
  for (const { symbol } of all) await expectRightPrices(symbol, false);
});

describe.each([...evenings.entries()])('evening %i after the split', (index, clock) => {
  test('comes', () => evening(clock));
  test.each(Object.entries(tellings))('%s: no price is wrong', (_, { symbol }) => expectRightPrices(symbol));
  if (index === 0) {
    test('that Yahoo applies before anyone tells of it holds its prices back', async () => {
      const { symbol } = beforeAnyoneTells;
      const refused = { status: 'failed', error_kind: 'SplitBasisUnknown' };
      expect(await yahooLoads(symbol)).toEqual([refused, refused]);
      expect((await closes(symbol, 'yahoo', '1d', 'raw')).size).toBeGreaterThan(35);
    });
    test('that Yahoo applies twice over leaves its prices out', async () => {
      await expectRightPrices(twiceOver.symbol);
      expect(await yahooLoads(twiceOver.symbol)).toMatchObject([{ error_kind: 'SplitBasisUnknown' }, {}]);
    });
  }
  if (index >= 2)
    test('what was held back is there once it is told', () => expectRightPrices(beforeAnyoneTells.symbol));
});

test.each(Object.entries({ ...tellings, 'held back': beforeAnyoneTells }))(
  '%s: in the end nothing is revised, all is in one basis, and findings say only where sources disagree',
  async (_, { symbol, found = [] }) => {
    expect(await revisions(symbol)).toBe(0);
    if (symbol !== beforeAnyoneTells.symbol) expect(await openFindings(symbol)).toEqual(found);
    await expect.poll(() => stale(symbol), { timeout: 60_000 }).toBe(0);
  },
);
