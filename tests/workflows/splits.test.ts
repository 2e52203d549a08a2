import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { readBars, type Adjustment } from '../../src/store/adjusted-bars.ts';
import type { ScriptedAction } from '../../src/simulator/market/scripted-actions.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { startTestMarket, type TestMarket } from '../support/test-market.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import type { SourceName } from '../../src/domain/source.ts';

/** Another one for each test: the runs that fetch again are known by their symbols, and the server is one. */
const symbols = ['MSFT', 'AMZN', 'JPM', 'KO', 'WMT', 'IBM', 'JNJ', 'XOM'].values();
let symbol = '';
const exDate = '2024-06-10';
/** Evenings, New York: the Friday before, the day of the split, and the days after. */
const friday = '2024-06-08T01:00:00Z';
const evenings = [
  '2024-06-11T01:00:00Z',
  '2024-06-12T01:00:00Z',
  '2024-06-13T01:00:00Z',
  '2024-06-18T01:00:00Z',
];
const wednesdayMorning = '2024-06-12T12:00:00Z';

let store: TestDatabase;
let market: TestMarket;
let worker: TestWorker;

afterEach(async () => {
  await worker.stop();
  await market.close();
  await store.close();
});

async function begin(over: Partial<ScriptedAction>): Promise<void> {
  symbol = symbols.next().value ?? '';
  store = await freshDatabase();
  const split = { symbol, kind: 'split', exDate, ratio: 4, ...over } as const;
  market = await startTestMarket({ clock: friday, symbols: 30, actions: [split] });
  worker = await startTestWorker({ store, baseUrl: market.url });
  await worker.execute('syncUniverse', []);
}

/** An evening: what Polygon has, its corporate actions, then Yahoo's days and hours. */
async function evening(clock: string): Promise<void> {
  market.setClock(clock);
  const common = { nominalTime: clock, symbols: [symbol] };
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

async function closes(source: SourceName, interval: '1d' | '1h', adjust: Adjustment) {
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol = ${symbol} and active`.execute(store.db);
  const range = { from: '2024-01-01', to: '2024-12-31' };
  const bars = await readBars(store.db, { instrumentId: rows[0]?.id ?? 0, source, interval, range, adjust });
  return new Map(bars.map(({ session, close }) => [session, close]));
}

/** Yahoo's prices are Polygon's at each adjustment, and a split takes a quarter of what was before it. */
async function expectRightPrices(known = true): Promise<void> {
  const raw = await closes('polygon', '1d', 'raw');
  const split = await closes('polygon', '1d', 'split');
  expect(raw.size).toBeGreaterThan(35);
  for (const [session, close] of raw) {
    const factor = known && session < exDate ? 4 : 1;
    const off = Math.abs((split.get(session) ?? NaN) * factor - close);
    expect({ session, close, factor, off: off < 1e-6 ? 0 : off }).toEqual({ session, close, factor, off: 0 });
  }
  for (const [interval, adjust] of [
    ['1d', 'raw'],
    ['1d', 'split'],
    ['1h', 'raw'],
    ['1h', 'split'],
  ] as const) {
    const truth = adjust === 'raw' ? raw : split;
    for (const [session, close] of await closes('yahoo', interval, adjust)) {
      const expected = truth.get(session) ?? NaN;
      expect({
        interval,
        adjust,
        session,
        off: Math.abs(close / expected - 1) < 1e-5 ? 0 : close / expected,
      }).toEqual({
        interval,
        adjust,
        session,
        off: 0,
      });
    }
  }
}

async function revisions(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from market.bar_revisions where settled`.execute(store.db);
  return Number(rows[0]?.count);
}

async function openFindings(): Promise<readonly string[]> {
  const { rows } = await sql<{ rule: string }>`
    select rule from market.quality_findings where status = 'open' order by rule`.execute(store.db);
  return rows.map(({ rule }) => rule);
}

describe('a split between two runs', () => {
  test.each<[string, Partial<ScriptedAction>, readonly string[]]>([
    ['in time', {}, []],
    [
      'applied by Yahoo two days late',
      { yahooListsFrom: wednesdayMorning, yahooAppliesFrom: wednesdayMorning },
      [],
    ],
    ['listed by Yahoo at once, and applied late', { yahooAppliesFrom: wednesdayMorning }, []],
    ['listed twice by each', { duplicate: true }, []],
    ['told of by Polygon alone', { onlyBy: 'polygon' }, ['split_by_one_source']],
    ['told of by Yahoo alone', { onlyBy: 'yahoo' }, ['split_by_one_source']],
  ])(
    '%s: no wrong price at any time, no revision, and findings only where sources disagree',
    async (_, over, found) => {
      await begin(over);
      await evening(friday);
      await expectRightPrices(false);
      for (const clock of evenings) {
        await evening(clock);
        await expectRightPrices();
      }
      expect(await revisions()).toBe(0);
      expect(await openFindings()).toEqual(found);
      const stale = async () => {
        const { rows } = await sql`
          select from market.daily_bars
          where source = 'yahoo' and split_basis < ${exDate} and session_date < ${exDate}`.execute(store.db);
        return rows.length;
      };
      await expect.poll(stale, { timeout: 60_000 }).toBe(0);
    },
  );

  test('that Yahoo applies before anyone tells of it holds its prices back until it is told', async () => {
    await begin({ yahooListsFrom: wednesdayMorning, polygonListsFrom: wednesdayMorning });
    await evening(friday);
    await evening(evenings[0] ?? '');
    const { rows } = await sql`
      select status, error_kind from market.load_runs
      where data_source = 'yahoo' order by id desc limit 2`.execute(store.db);
    expect(rows).toEqual([
      { status: 'failed', error_kind: 'SplitBasisUnknown' },
      { status: 'failed', error_kind: 'SplitBasisUnknown' },
    ]);
    expect((await closes('yahoo', '1d', 'raw')).size).toBeGreaterThan(35);
    await evening(evenings[2] ?? '');
    await expectRightPrices();
    expect(await revisions()).toBe(0);
  });

  test('that Yahoo applies twice over leaves its prices out', async () => {
    await begin({ yahooAppliesTwice: true });
    await evening(friday);
    await evening(evenings[0] ?? '');
    await expectRightPrices();
    const { rows } = await sql`
      select error_kind from market.load_runs
      where data_source = 'yahoo' order by id desc limit 1`.execute(store.db);
    expect(rows).toEqual([{ error_kind: 'SplitBasisUnknown' }]);
  });
});
