import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const now = '2020-03-10T22:00:00Z';
const range = { from: '2020-01-21', to: '2020-03-09' };
const bars = (price: number) => rowsOf(range.from, range.to, () => quiet(price));

type Fields = Readonly<Record<string, unknown>>;
const dividend = (id: string, symbol: string, over: Fields = {}) => ({
  ...{ id, ticker: symbol, ex_dividend_date: '2020-02-13', cash_amount: 0.612, currency: 'USD' },
  ...{ distribution_type: 'recurring', frequency: 4, ...over },
});
const split = (over: Fields) => ({
  ...{ id: 'S9', ticker: 'ENB', execution_date: '2020-02-03', split_from: 1, split_to: 2, ...over },
});
const right = dividend('D1', 'AAPL', { ex_dividend_date: '2020-02-07', cash_amount: 0.77 });

/** A market with one right dividend, and what else its lists hold. */
async function marketOf(lists: {
  readonly splits?: readonly Fields[];
  readonly dividends?: readonly Fields[];
}) {
  const lab = await scriptedCase({
    now,
    polygon: {
      tickers: [ticker('AAPL'), ticker('ENB')],
      bars: { AAPL: bars(320), ENB: bars(40) },
      splits: lists.splits ?? [],
      dividends: [right, ...(lists.dividends ?? [])],
    },
  });
  const symbols = ['AAPL', 'ENB'];
  const backfill = { startDate: range.from, endDate: range.to, symbols };
  await lab.run('polygon-historical-backfill', backfill);
  const { runId } = await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols });
  return { ...lab, runId };
}

const evidence = `select symbol, session_date, field, "row" ->> 'id' as key from market.rejected_rows order by id`;

test('bad records of the market\u2019s lists are refused one by one, and all others count', async () => {
  const lab = await marketOf({
    splits: [split({ split_to: 0 })],
    dividends: [
      dividend('D2', 'ENB'),
      dividend('D3', 'ENB', { cash_amount: '' }),
      dividend('D4', '', { ex_dividend_date: '2020-02-14' }),
      dividend('D5', 'ENB', { ex_dividend_date: '2020-02-14', currency: 'U\0D' }),
    ],
  });
  expect(await lab.rows(evidence)).toEqual([
    { symbol: 'ENB', session_date: '2020-02-03', field: 'split_to', key: 'S9' },
    { symbol: 'ENB', session_date: '2020-02-13', field: 'cash_amount', key: 'D3' },
    { symbol: null, session_date: '2020-02-14', field: 'ticker', key: 'D4' },
    { symbol: 'ENB', session_date: '2020-02-14', field: 'currency', key: 'D5' },
  ]);
  const told = async (symbol: string) =>
    (await lab.actions(symbol)).map(({ exDate, amount, status }) => [exDate, amount, status]);
  expect(await told('AAPL')).toEqual([['2020-02-07', 0.77, 'effective']]);
  expect(await told('ENB')).toEqual([['2020-02-13', 0.612, 'effective']]);
  const events = await lab.rows<{ symbol: string | null; message: string }>(
    `select symbol, message from market.run_events where message like '%rejected%' order by id`,
  );
  expect(events).toEqual([
    { symbol: 'ENB', message: '1 rejected, and kept as evidence: 2020-02-03 (split_to is 0)' },
    {
      symbol: 'ENB',
      message:
        '2 rejected, and kept as evidence: 2020-02-13 (cash_amount is empty), ' +
        '2020-02-14 (currency is text that cannot be stored)',
    },
    { symbol: null, message: '1 rejected, and kept as evidence: 2020-02-14 (ticker is empty)' },
  ]);
});

test('terms of a split that are null, an amount that is null, an amount of nothing', async () => {
  const lab = await marketOf({
    splits: [split({ split_from: null, split_to: null })],
    dividends: [dividend('D2', 'ENB', { cash_amount: null }), dividend('D3', 'ENB', { cash_amount: 0 })],
  });
  expect(await lab.rows(evidence)).toMatchObject([
    { field: 'split_from' },
    { field: 'cash_amount' },
    { field: 'cash_amount' },
  ]);
  expect(await lab.actions('AAPL')).toHaveLength(1);
  expect(await lab.actions('ENB')).toHaveLength(0);
});

test('a page with too many bad records is asked again, then left for another day', async () => {
  const bad = ['A', 'B', 'C', 'D'].map((id) => dividend(id, 'ENB', { cash_amount: null }));
  const lab = await marketOf({ dividends: bad });
  expect(await lab.actions('AAPL')).toHaveLength(0);
  const asked = lab.log.filter((url) => url.includes('/stocks/v1/dividends'));
  // Both runs have tried, each of them twice.
  expect(asked.length % 2).toBe(0);
  lab.market.polygon.dividends = [right];
  await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols: ['AAPL', 'ENB'] });
  expect(await lab.actions('AAPL')).toHaveLength(1);
});

test('a bad record of the list of tickers keeps who it is from being taken for gone', async () => {
  const symbols = ['AAPL', 'ENB', 'MSFT'];
  const polygon = {
    tickers: symbols.map((symbol) => ticker(symbol)),
    bars: Object.fromEntries(symbols.map((symbol) => [symbol, bars(100)])),
  };
  const lab = await scriptedCase({ now, polygon });
  const active = `select symbol, name from market.instruments where active order by symbol`;
  await lab.run('polygon-daily-ingestion', { daysBack: 0 });
  expect(await lab.rows(active)).toHaveLength(3);
  const next = '2020-03-11T22:00:00Z';
  lab.market.now = next;
  // Lists are dated by the clock of this machine.
  await lab.rows(`update market.reference_syncs set completed_at = '2020-03-01'`);
  lab.market.polygon.tickers = [
    ticker('AAPL', { name: 'Another Apple' }),
    ticker('ENB', { name: 'half a \ud83d pair' }),
    ticker('', { name: 'nobody' }),
  ];
  await lab.run('polygon-daily-ingestion', { nominalTime: next, daysBack: 0 });
  expect(await lab.rows(active)).toEqual([
    { symbol: 'AAPL', name: 'Another Apple' },
    { symbol: 'ENB', name: 'ENB Inc' },
    // Nobody can say that the record without a ticker was not this one's.
    { symbol: 'MSFT', name: 'MSFT Inc' },
  ]);
  expect(await lab.rows('select symbol, field from market.rejected_rows order by id')).toEqual([
    { symbol: 'ENB', field: 'name' },
    { symbol: null, field: 'ticker' },
  ]);
});
