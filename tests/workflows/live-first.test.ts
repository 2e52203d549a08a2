import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';

const symbols = Array.from({ length: 12 }, (_, index) => `A${String.fromCharCode(65 + index)}`);
const ticker = (symbol: string) => ({
  ticker: symbol,
  name: symbol,
  active: true,
  type: 'CS',
  primary_exchange: 'XNAS',
  currency_name: 'usd',
  list_date: '2010-01-04',
});

test('a live run of two requests goes before ten backfills, which go on', async () => {
  const { worker, log } = await scriptedCase(
    { now: '2024-06-10T12:00:00Z', polygon: { tickers: symbols.map(ticker) } },
    { requestsPerMinute: 300 },
  );
  await worker.execute('syncUniverse', []);
  const backfills = await Promise.all(
    Array.from({ length: 10 }, (_, index) => {
      const month = `2023-${String(index + 1).padStart(2, '0')}`;
      return worker.client.workflow.start('polygonHistoricalBackfill', {
        workflowId: `backfill-${month}-${worker.taskQueue}`,
        taskQueue: worker.taskQueue,
        args: [{ startDate: `${month}-03`, endDate: `${month}-28`, symbols }],
      });
    }),
  );
  const past = () => log.filter((path) => path.startsWith('/v2/aggs/'));
  const months = () => new Set(past().map((path) => /\/(2023-\d\d)-/.exec(path)?.[1])).size;
  await expect.poll(months, { timeout: 90_000 }).toBeGreaterThan(4);

  await worker.run('yahoo-market-data-hourly', {
    nominalTime: '2024-06-10T21:00:00Z',
    interval: '1d',
    symbols: symbols.slice(0, 2),
  });
  const [first = 0, second = 0, ...others] = log.flatMap((path, index) =>
    path.includes('/v8/finance/chart/') ? index : [],
  );
  expect([second > first, others]).toEqual([true, []]);
  // Slots, not seconds: of dozens that wait at most a few were before it.
  expect(second - first).toBeLessThanOrEqual(5);
  const before = past().length;
  await expect.poll(() => past().length, { timeout: 60_000 }).toBeGreaterThan(before + 5);
  for (const backfill of backfills) await backfill.terminate();
});
