import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';

const days = ['2024-06-03', '2024-06-04', '2024-06-05', '2024-06-06', '2024-06-07'];
const symbols = ['AAAA', 'BBBB', 'CCCC'];
const ticker = (symbol: string) => ({
  ticker: symbol,
  name: symbol,
  active: true,
  type: 'CS',
  primary_exchange: 'XNAS',
  currency_name: 'usd',
  list_date: '2010-01-04',
});

test('runs that overlap in time and cells ask for each cell once', async () => {
  const bars = days.map((d) => ({ d, o: 10, h: 11, l: 9, c: 10, v: 1_000 }));
  const seen: string[] = [];
  const { promise: othersCame, resolve: othersCome } = Promise.withResolvers<undefined>();
  const { worker, store, ...its } = await scriptedCase({
    now: '2024-06-10T12:00:00Z',
    polygon: {
      tickers: symbols.map(ticker),
      bars: Object.fromEntries(symbols.map((symbol) => [symbol, bars])),
    },
    async handle(path) {
      const symbol = /^\/v2\/aggs\/ticker\/([^/]+)\//.exec(path)?.[1];
      if (symbol === undefined) return undefined;
      seen.push(symbol);
      // The one is under way until the other run asks for what is its own.
      if (symbol === 'CCCC') othersCome(undefined);
      if (symbol === 'BBBB') await othersCame;
      return undefined;
    },
  });
  await worker.execute('syncUniverse', []);
  const range = { startDate: '2024-06-03', endDate: '2024-06-07' };
  const first = worker.run('polygon-historical-backfill', { ...range, symbols: ['AAAA', 'BBBB'] });
  await expect.poll(() => seen, { timeout: 60_000 }).toContain('BBBB');
  const second = worker.run('polygon-historical-backfill', { ...range, symbols: ['BBBB', 'CCCC'] });
  const summaries = [(await first).summary, (await second).summary];
  expect(seen.toSorted()).toEqual(symbols);
  for (const summary of summaries) expect(summary).toMatchObject({ successful: 2, partial: 0, failed: 0 });
  expect(summaries.map(({ totalRecords, requests }) => [totalRecords, requests])).toEqual([
    [10, 2],
    [5, 1],
  ]);
  expect(await its.events((await second).runId)).toContainEqual(
    expect.objectContaining({
      symbol: 'BBBB',
      message: 'another run has asked for it meanwhile: its answer is taken',
    }),
  );
});
