import { expect, test } from 'vitest';
import type { FaultScript } from '../../../../src/simulator/faults/fault-script.ts';
import { pagesFrom, runningMarket, source, type TickersBody } from '../../../support/running-market.ts';

const symbol = 'MSFT';
const figi = source.find(symbol)?.figi ?? '';

async function listsWith(faults: FaultScript, date: string) {
  const { get } = await runningMarket({ faults });
  const pages = await pagesFrom(
    (path: string) => get<TickersBody>(path),
    `/v3/reference/tickers?limit=50&date=${date}`,
  );
  return pages.flatMap(({ results }) => results);
}

const match = { endpoint: 'tickers', session: '2024-03-29' } as const;

test('a list is short on its day, all of its pages', async () => {
  const faults: FaultScript = [{ match, fault: { kind: 'shortList', fraction: 0.5 } }];
  const whole = await listsWith(faults, '2024-02-29');
  const short = await listsWith(faults, '2024-03-29');
  expect(short.length / whole.length).toBeCloseTo(0.5, 1);
});

test('a ticker lacks in the list of a day', async () => {
  const faults: FaultScript = [{ match: { ...match, symbol }, fault: { kind: 'missingTicker' } }];
  const hasOn = async (date: string) =>
    (await listsWith(faults, date)).some(({ ticker }) => ticker === symbol);
  expect(await hasOn('2024-02-29')).toBe(true);
  expect(await hasOn('2024-03-29')).toBe(false);
});

test('a ticker has no FIGI, in lists and alone', async () => {
  const faults: FaultScript = [{ match: { symbol }, fault: { kind: 'missingFigi' } }];
  const entry = (await listsWith(faults, '2024-03-29')).find(({ ticker }) => ticker === symbol);
  expect(entry).not.toHaveProperty('composite_figi');
  expect(entry).toHaveProperty('cik');
  const { get } = await runningMarket({ faults });
  const { results } = await get<{ results: object }>(`/v3/reference/tickers/${symbol}`);
  expect(results).not.toHaveProperty('composite_figi');
});

test('a change of tickers is told of on another day', async () => {
  const lives = [{ symbol, tickers: [{ ticker: 'OLDT' }, { ticker: symbol, from: '2024-03-13' }] }];
  const faults: FaultScript = [{ fault: { kind: 'movedEvent', days: -400, ticker: symbol } }];
  const { get } = await runningMarket({ lives, faults });
  const { results } = await get<{ results: { events: readonly { date: string }[] } }>(
    `/vX/reference/tickers/${figi}/events`,
  );
  expect(results.events.map(({ date }) => date)).toEqual(['2023-02-07', source.find(symbol)?.listedOn]);
});

test('a bar is withdrawn after some answers, and an action flickers', async () => {
  const path = `/v2/aggs/ticker/${symbol}/range/1/day/2024-03-04/2024-03-08`;
  const { get } = await runningMarket({
    faults: [
      {
        match: { endpoint: 'aggregates' },
        after: 1,
        fault: { kind: 'missingRows', sessions: ['2024-03-06'] },
      },
      { match: { endpoint: 'dividends' }, after: 1, times: 1, fault: { kind: 'missingAction' } },
    ],
  });
  expect((await get(path)).resultsCount).toBe(5);
  expect((await get(path)).resultsCount).toBe(4);
  const dividends = async () =>
    (await get<{ results: readonly unknown[] }>(`/stocks/v1/dividends?ticker=${symbol}`)).results.length;
  const all = await dividends();
  expect(all).toBeGreaterThan(0);
  expect([await dividends(), await dividends()]).toEqual([0, all]);
});
