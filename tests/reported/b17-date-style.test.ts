import { expect, test } from 'vitest';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';
import { scriptedCase } from '../support/scripted-case.ts';

const range = { from: '2024-05-20', to: '2024-05-31' };

test('a backfill against the scripted market', async () => {
  const bars = { AAPL: rowsOf(range.from, range.to, (_, index) => quiet(100 + index)) };
  const polygon = { tickers: [ticker('AAPL', { list_date: '1980-12-12' })], bars };
  const lab = await scriptedCase({ now: '2024-06-03T22:00:00Z', polygon });
  const { runId } = await lab.run('polygon-historical-backfill', {
    startDate: range.from,
    endDate: range.to,
    symbols: ['AAPL'],
  });
  expect(await lab.loads(runId)).toEqual([{ symbol: 'AAPL', status: 'success', records: 9, error: null }]);
  expect((await lab.bars('AAPL', range)).map(({ close }) => close)).toEqual(bars.AAPL.map(({ c }) => c));
});
