import { expect, test } from 'vitest';
import { chartOf, quiet, rowsOf } from '../support/scripted-market.ts';
import { scriptedCase } from '../support/scripted-case.ts';

const from = '2023-06-05';
const to = '2024-06-28';
const splitOn = '2024-06-10';

interface Told {
  readonly ratio: readonly [number, number];
  /** As the source tells them: adjusted for the split. */
  readonly dividends: readonly (readonly [string, number])[];
}

/** Yahoo alone, and a first load with a split in it; dividends as they were paid, and the earliest total-adjusted close. */
async function firstLoads({ ratio, dividends }: Told) {
  const rows = rowsOf(from, to, () => quiet(100, 1e8));
  const events = { splits: [[splitOn, ...ratio] as const], dividends };
  const lab = await scriptedCase({
    now: '2024-06-28T22:00:00Z',
    charts: { NVDA: chartOf('NVDA', rows, { events }) },
  });
  const loads = [];
  for (const now of ['2024-06-28T22:00:00Z', '2024-07-01T22:00:00Z', '2024-07-02T22:00:00Z']) {
    lab.market.now = now;
    await lab.run('yahoo-market-data-hourly', {
      interval: '1d',
      daysBack: 1,
      reachBackDays: 389,
      symbols: ['NVDA'],
      incremental: true,
      revisionSessions: 5,
    });
    const paid = (await lab.actions('NVDA')).filter(({ kind }) => kind === 'cash_dividend');
    const [first] = await lab.bars('NVDA', { from, to: from, adjust: 'total', source: 'yahoo' });
    loads.push({ paid: paid.map(({ amount }) => amount), close: first?.close });
  }
  const revisions = await lab.rows('select from market.corporate_action_revisions');
  return { loads, revisions: revisions.length };
}

test.each<Told & { readonly paid: readonly number[]; readonly factor: number }>([
  {
    ratio: [10, 1],
    dividends: [
      ['2023-12-05', 0.4],
      ['2024-03-05', 0.4],
      ['2024-06-11', 1],
    ],
    paid: [4, 4, 1],
    factor: (1 - 0.4 / 100) ** 2 * (1 - 1 / 100),
  },
  // Ten old shares make a new one.
  { ratio: [1, 10], dividends: [['2024-03-05', 2]], paid: [0.2], factor: 1 - 2 / 100 },
  { ratio: [3, 2], dividends: [['2024-06-10', 1]], paid: [1], factor: 1 - 1 / 100 },
])('dividends before a split of $ratio are stored as paid on the first load', async (told) => {
  const { loads, revisions } = await firstLoads(told);
  const close = expect.closeTo(100 * told.factor, 6) as unknown;
  const paid = told.paid.map((amount) => expect.closeTo(amount, 9) as unknown);
  expect(loads).toEqual(Array.from({ length: 3 }, () => ({ paid, close })));
  expect(revisions).toBe(0);
});
