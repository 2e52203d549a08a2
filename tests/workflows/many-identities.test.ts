import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { HistoryOutcome } from '../../activities/reference.ts';
import type { DateRange } from '../../src/domain/date-range.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { polygonHistoricalBackfill } from '../../src/flows/polygon-historical-backfill.ts';
import { previewRun } from '../../src/pipelines/planning/preview-run.ts';
import type { Tenure } from '../../src/simulator/market/tenure.ts';
import type { LoggedRequest } from '../../src/simulator/request-log.ts';
import { bearingsOf } from '../support/bar-bearers.ts';
import {
  beforeLists,
  changingMarket,
  changingRange,
  type ChangingMarket,
} from '../support/changing-market.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { sessionsIn } from '../support/life-script.ts';
import { startTestMarket } from '../support/test-market.ts';
import { startTestWorker } from '../support/test-worker.ts';

/** `IDENTITY_SEEDS=1,2,3` tries other markets. */
const seeds = (process.env.IDENTITY_SEEDS ?? '7').split(',').map(Number);
/** So few sessions that the whole market is asked for each. */
const someDays: DateRange = { from: '2023-03-01', to: '2023-04-28' };
const usualDay: DateRange = { from: '2024-06-03', to: '2024-06-03' };
/** Questions that nothing but a person can answer, of each market. */
const mostUnsure = 5;

async function startMarket({ source, lives, faults }: ChangingMarket) {
  const store = await freshDatabase();
  const market = await startTestMarket({ clock: '2024-06-13T16:00:00Z', source, lives });
  market.setFaults(faults);
  const worker = await startTestWorker({ store, baseUrl: market.url });
  onTestFinished(async () => {
    await worker.stop();
    await market.close();
    await store.close();
  });
  const backfill = async ({ from, to }: DateRange) => {
    const { summary } = await worker.run('polygon-historical-backfill', { startDate: from, endDate: to });
    return summary;
  };
  return { store, market, worker, backfill };
}

/** The tickers and instruments that open findings are about. */
async function doubtsIn({ db }: TestDatabase) {
  const { rows } = await sql<{ id: number | null; ticker: string; others: readonly string[] }>`
    select instrument_id as id, evidence ->> 'ticker' as ticker, evidence -> 'others' as others
    from market.quality_findings where status = 'open' and starts_with(rule, 'identity_')`.execute(db);
  return rows;
}

/** How many bars are stored under symbols, each of one instrument. */
async function barsUnder({ db }: TestDatabase, ...symbols: readonly string[]) {
  const { rows } = await sql<{ symbol: string; bars: number }>`
    select i.symbol, count(*)::int as bars from market.daily_bars b join market.instruments i on i.id = b.instrument_id
    where i.symbol = any(${symbols}::text[]) group by i.id order by i.symbol collate "C"`.execute(db);
  return rows.map(({ symbol, bars }) => [symbol, bars]);
}

/** What a backfill of a range would ask. */
async function planOf({ db }: TestDatabase, { from, to }: DateRange) {
  const request = requestFrom(
    polygonHistoricalBackfill,
    { startDate: from, endDate: to },
    '2024-06-13T16:00:00Z',
  );
  return (await previewRun({ db, requestsPerMinute: 60 }, request)).requests;
}

/** Companies that some of the tickers were borne by. */
function bearersOf({ tenures }: ChangingMarket, tickers: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(tenures.flatMap(({ ticker, company }) => (tickers.has(ticker) ? [company.symbol] : [])));
}

/** How often companies bore some of the tickers of exchanges in a range. */
function timesBorne(
  { tenures }: ChangingMarket,
  { from, to }: DateRange,
  counts: (ticker: string) => boolean = () => true,
): number {
  const isIn = (one: Tenure) => one.market === 'stocks' && one.from <= to && one.to >= from;
  return tenures.filter((one) => isIn(one) && counts(one.ticker)).length;
}

/** The tickers that bars were asked for by, each time. */
function tickersAsked(requests: readonly LoggedRequest[]): readonly string[] {
  return requests.flatMap(({ endpoint, path }) => {
    const [, , , , ticker = ''] = path.split('/');
    return endpoint === 'aggregates' ? [ticker] : [];
  });
}

test.each(seeds)('in market %i every bar is of the company that bore the ticker that day', async (seed) => {
  const changing = changingMarket(seed);
  const { store, market, worker, backfill } = await startMarket(changing);
  await worker.execute('syncUniverse', []);
  const { terms, instruments, unclear } = await worker.execute<HistoryOutcome>('syncSymbolHistory', []);

  const doubts = await doubtsIn(store);
  expect(unclear).toBe(doubts.length);
  expect(doubts.length).toBeLessThanOrEqual(mostUnsure);
  expect(doubts.filter(({ id }) => id === null)).toEqual([]);
  const doubted = new Set(doubts.flatMap(({ ticker, others }) => [ticker, ...others]));
  const unsure = bearersOf(changing, doubted);
  expect(unsure.size).toBeLessThanOrEqual(mostUnsure);
  /** Nobody has a bar of another; whoever is not in doubt has all of its own, as one instrument. */
  const expectRight = async (range: DateRange) => {
    const { foreign, mixed, split, lacking } = await bearingsOf(store.db, changing, range);
    const isTold = ([company]: readonly [string, unknown]) => !unsure.has(company);
    const ofSure = { split: split.filter(isTold), lacking: lacking.filter(isTold) };
    expect({ foreign, mixed, ...ofSure }).toEqual({ foreign: [], mixed: [], split: [], lacking: [] });
  };

  const days = await backfill(someDays);
  expect(days).toMatchObject({ failed: 0, requests: sessionsIn(someDays).length });
  await expectRight(someDays);

  const plan = await planOf(store, changingRange);
  expect(plan.wholeMarket).toBe(0);
  expect(plan.perSymbol).toBeLessThanOrEqual(timesBorne(changing, changingRange));
  const before = market.requests().length;
  const all = await backfill(changingRange);
  expect(all.failed).toBe(0);
  const asked = tickersAsked(market.requests().slice(before));
  // Since when a ticker in doubt is somebody's is not known: silence at its beginning is asked about once more.
  expect(asked.length).toBeLessThanOrEqual(plan.perSymbol + doubted.size);
  const isSure = (ticker: string) => !doubted.has(ticker);
  expect(asked.filter(isSure).length).toBeLessThanOrEqual(timesBorne(changing, changingRange, isSure));
  await expectRight(changingRange);
  expect(await barsUnder(store, 'CpK', 'CPK')).toEqual(['CPK', 'CpK'].map((symbol) => [symbol, 587]));

  const day = await backfill(usualDay);
  expect(day).toMatchObject({ failed: 0, partial: 0, requests: 1 });
  await expectRight(usualDay);

  await backfill(beforeLists);
  const whole = { from: beforeLists.from, to: usualDay.to };
  expect(await bearingsOf(store.db, changing, whole)).toMatchObject({ foreign: [], mixed: [] });
  const again = await worker.execute<HistoryOutcome>('syncSymbolHistory', []);
  expect(again).toMatchObject({ terms, instruments, unclear, changed: 0 });
  expect(await bearingsOf(store.db, changing, whole)).toMatchObject({ foreign: [], mixed: [] });
});
