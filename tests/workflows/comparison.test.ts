import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const symbols = Array.from({ length: 60 }, (_, index) => `S${String(index).padStart(2, '0')}`);
const rows = rowsOf('2023-01-03', '2024-06-13', () => quiet(50));
// With MINUTE_MS=60000 it is that of the clock, and the test takes ten of them.
const minuteMs = Number(process.env.MINUTE_MS ?? 400);

test('beside a backfill at ten a minute a comparison ends, with its fifty requests', async () => {
  const lab = await scriptedCase(
    {
      now: '2024-06-14T16:00:00Z',
      polygon: {
        tickers: symbols.map((symbol) => ticker(symbol)),
        bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
      },
    },
    { requestsPerMinute: 10, minuteMs, patienceMs: 2 * minuteMs },
  );
  const { worker, log } = lab;
  await worker.execute('syncUniverse', []);
  const backfill = await worker.client.workflow.start('polygonHistoricalBackfill', {
    workflowId: `backfill-${worker.taskQueue}`,
    taskQueue: worker.taskQueue,
    args: [{ startDate: '2023-01-03', endDate: '2024-05-31', symbols }],
  });
  const ofBackfill = () => log.filter((url) => url.includes('/2023-01-03/')).length;
  await expect.poll(ofBackfill, { timeout: Math.max(60_000, 20 * minuteMs) }).toBeGreaterThan(2);

  const { summary, runId } = await worker.run('polygon-settlement', {
    nominalTime: '2024-06-13T21:00:00Z',
    sessions: 1,
  });
  const compared = log.filter((url) => /\/range\/1\/day\/([-\d]+)\/\1\?/.test(url)).length;
  const [kept] = await lab.rows<{ outcomes: string[]; count: number }>(
    `select array_agg(distinct outcome) as outcomes, count(*)::int as count
     from market.endpoint_comparisons where run_id = '${runId}'`,
  );
  expect({ compared, kept }).toEqual({ compared: 50, kept: { outcomes: ['same'], count: 50 } });
  expect(summary.failed).toBe(0);
  // It has had slots meanwhile, and goes on.
  const meanwhile = ofBackfill();
  await expect.poll(ofBackfill, { timeout: Math.max(60_000, 20 * minuteMs) }).toBeGreaterThan(meanwhile);
  await backfill.terminate();
}, 3_600_000);
