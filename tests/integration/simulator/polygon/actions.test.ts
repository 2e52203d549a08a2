import { describe, expect, test } from 'vitest';
import type { ScriptedAction } from '../../../../src/simulator/market/scripted-actions.ts';
import { hasFixtures, readFixture } from '../../../support/fixtures.ts';
import { pagesFrom, runningMarket, series, marketDay, source } from '../../../support/running-market.ts';

const exDate = '2024-07-15';

interface ActionsBody {
  readonly status: string;
  readonly request_id: string;
  readonly results: readonly Readonly<Record<string, string | number>>[];
  readonly next_url?: string;
}

const splits = (query = '') => `/stocks/v1/splits${query}`;
const dividends = (query = '') => `/stocks/v1/dividends${query}`;
const marketAt = (instant: string, ...actions: readonly ScriptedAction[]) =>
  runningMarket({ now: () => new Date(instant), actions });

describe('the list of splits', () => {
  test('has the latest first, with factors that hold all later ones', async () => {
    const { get } = await runningMarket();
    const { results } = await get<ActionsBody>(splits('?ticker=AAPL'));
    expect(results).toMatchObject([
      { execution_date: '2020-08-31', split_from: 1, split_to: 4, historical_adjustment_factor: 0.25 },
      { execution_date: '2014-06-09', split_from: 1, split_to: 7, historical_adjustment_factor: 0.035714 },
      { execution_date: '2005-02-28', split_from: 1, split_to: 2, historical_adjustment_factor: 0.017857 },
    ]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(3);
  });

  test('leaves out what the filters leave out', async () => {
    const { get } = await runningMarket();
    const dates = async (query: string) =>
      (await get<ActionsBody>(splits(query))).results.map(
        (entry) => `${entry['ticker']} ${entry['execution_date']}`,
      );
    expect(await dates('?ticker=AAPL&execution_date=2014-06-09')).toEqual(['AAPL 2014-06-09']);
    expect(await dates('?ticker=AAPL&execution_date.gt=2014-06-09')).toEqual(['AAPL 2020-08-31']);
    expect(await dates('?ticker=AAPL&execution_date.gte=2014-06-09&execution_date.lt=2020-08-31')).toEqual([
      'AAPL 2014-06-09',
    ]);
    expect(
      await dates(
        '?ticker.any_of=AAPL,NVDA&execution_date.lte=2021-12-31&sort=ticker.asc,execution_date.desc',
      ),
    ).toEqual(['AAPL 2020-08-31', 'AAPL 2014-06-09', 'AAPL 2005-02-28', 'NVDA 2021-07-20']);
    expect(await dates('?ticker=aapl')).toEqual([]);
  });

  test.each([
    ['?limit=5001', /'limit' must be from 1 to 5000/],
    ['?execution_date.gte=soon', /must be YYYY-MM-DD/],
    ['?ex_dividend_date=2024-01-01', /knows no filter 'ex_dividend_date'/],
    ['?sort=split_to.asc', /cannot sort by/],
  ])('%s is refused', async (query, message) => {
    const { request } = await runningMarket();
    const response = await request(splits(query));
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(message);
  });

  test('needs a key, and is logged by name', async () => {
    const { request, simulator } = await runningMarket();
    expect((await request(splits(), { headers: {} })).status).toBe(401);
    await request(dividends());
    expect(simulator.requests().map(({ endpoint, status }) => [endpoint, status])).toEqual([
      ['splits', 401],
      ['dividends', 200],
    ]);
  });
});

describe('the list of dividends', () => {
  test('gives the amount as paid and in shares of today', async () => {
    const { get } = await runningMarket();
    const { results } = await get<ActionsBody>(dividends('?ticker=AAPL&ex_dividend_date=2020-08-07'));
    const [paid] = results;
    expect(paid).toMatchObject({
      ticker: 'AAPL',
      currency: 'USD',
      frequency: 4,
      distribution_type: 'recurring',
      split_adjusted_cash_amount: Number(paid?.['cash_amount']) / 4,
    });
  });

  test('has factors that hold all later dividends up to today', async () => {
    const { get } = await runningMarket();
    const { results } = await get<ActionsBody>(
      dividends('?ticker=AAPL&ex_dividend_date.gte=2024-01-01&sort=ex_dividend_date.desc'),
    );
    const due = results.filter((entry) => String(entry['ex_dividend_date']) <= '2024-07-10');
    let product = 1;
    for (const { ex_dividend_date: date, cash_amount: amount, historical_adjustment_factor: factor } of due) {
      const close = source.bars('AAPL', { from: '2023-12-01', to: String(date) }).at(-2)?.close ?? NaN;
      product *= 1 - Number(amount) / close;
      expect(factor).toBeCloseTo(product, 6);
    }
    expect(due.length).toBe(2);
  });

  test('of the whole market pages through every entry once', async () => {
    const { get } = await runningMarket();
    const range = 'ex_dividend_date.gte=2024-06-01&ex_dividend_date.lte=2024-07-31';
    const pages = await pagesFrom(get<ActionsBody>, dividends(`?${range}&limit=40`));
    const paged = pages.flatMap(({ results }) => results);
    const whole = await get<ActionsBody>(dividends(`?${range}&limit=5000`));
    expect(paged).toEqual(whole.results);
    expect(pages.length).toBe(Math.ceil(paged.length / 40));
    expect(new Set(paged.map(({ id }) => id)).size).toBe(paged.length);
    expect(paged.length).toBeGreaterThan(100);
  });

  test('has those announced for the next 30 days', async () => {
    const { get } = await runningMarket();
    const { results } = await get<ActionsBody>(dividends('?ex_dividend_date.gt=2024-07-10&limit=5000'));
    const dates = results.map((entry) => String(entry['ex_dividend_date'])).sort();
    expect((dates[0] ?? '') > '2024-07-10').toBe(true);
    expect(dates.at(-1)).toBe('2024-08-09');
  });
});

test.skipIf(!hasFixtures).each([
  ['splits', '?ticker=AAPL'],
  ['dividends', '?ticker=AAPL&ex_dividend_date=2024-05-07'],
])('%s have the documented fields (skipped where ../shared/fixtures is absent)', async (name, query) => {
  const { get } = await runningMarket();
  const text = readFixture(`polygon/oas__stocks__v1__${name}.json`);
  const documented = JSON.parse(text) as ActionsBody;
  const body = await get<ActionsBody>(`/stocks/v1/${name}${query}`);
  const [expected = {}] = documented.results;
  const [entry = {}] = body.results;
  expect(Object.keys(entry).sort()).toEqual(Object.keys(expected).sort());
  for (const [field, value] of Object.entries(expected))
    expect(typeof entry[field], field).toBe(typeof value);
  expect(entry['id']).toMatch(/^E[0-9a-f]{64}$/);
});

describe('a scripted action', () => {
  const split = { symbol: 'MSFT', kind: 'split', ratio: 4, exDate } as const;
  const listed = async ({ get }: Awaited<ReturnType<typeof runningMarket>>) =>
    (await get<ActionsBody>(splits('?ticker=MSFT&execution_date.gte=2024-07-01'))).results;

  test.each([
    ['2024-06-14T12:00:00Z', {}, 0],
    ['2024-06-15T12:00:00Z', {}, 1],
    ['2024-06-15T12:00:00Z', { polygonListsFrom: '2024-07-16T12:00:00Z' }, 0],
    ['2024-07-16T12:00:00Z', { polygonListsFrom: '2024-07-16T12:00:00Z' }, 1],
    ['2024-08-01T12:00:00Z', { duplicate: true }, 2],
    ['2024-08-01T12:00:00Z', { onlyBy: 'yahoo' }, 0],
    ['2024-08-01T12:00:00Z', { onlyBy: 'polygon' }, 1],
    ['2024-08-01T12:00:00Z', { inPrices: false }, 1],
    ['2024-08-01T12:00:00Z', { kind: 'spin_off', ratio: 1.281 }, 0],
  ] as const)('at %s, %j, is listed %d times', async (now, more, times) => {
    const entries = await listed(await marketAt(now, { ...split, ...more }));
    expect(entries).toHaveLength(times);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(times);
  });

  test.each([
    [4, 'forward_split', 1, 4],
    [0.1, 'reverse_split', 10, 1],
    [1.05, 'stock_dividend', 20, 21],
  ])('of ratio %d is a %s', async (ratio, type, from, to) => {
    const [entry] = await listed(await marketAt('2024-08-01T12:00:00Z', { ...split, ratio }));
    expect(entry).toMatchObject({ adjustment_type: type, split_from: from, split_to: to });
  });

  test('that is special is listed as such', async () => {
    const action = { symbol: 'MSFT', kind: 'cash_dividend', amount: 15, special: true, exDate } as const;
    const { get } = await marketAt('2024-07-20T12:00:00Z', action);
    const { results } = await get<ActionsBody>(dividends(`?ticker=MSFT&ex_dividend_date=${exDate}`));
    expect(results).toMatchObject([{ cash_amount: 15, distribution_type: 'special', frequency: 0 }]);
  });

  test('jumps in raw bars, and in adjusted ones only before it has happened', async () => {
    let now = new Date('2024-07-12T22:00:00Z');
    const { get } = await runningMarket({ now: () => now, actions: [split] });
    const closes = async (adjusted: boolean) =>
      ((await get(series('MSFT', '2024-07-11', '2024-07-15', `?adjusted=${adjusted}`))).results ?? []).map(
        ({ c }) => c,
      );
    const [eve = 0] = await closes(false);
    expect(await closes(true)).toEqual(await closes(false));
    now = new Date('2024-07-15T22:00:00Z');
    expect((await closes(false))[0]).toBe(eve);
    expect((await closes(true))[0]).toBeCloseTo(eve / 4, 3);
    expect((await closes(true))[2]).toBe((await closes(false))[2]);
    const dayRow = async (adjusted: boolean) =>
      (await get(marketDay('2024-07-11', `?adjusted=${adjusted}`))).results?.find(({ T }) => T === 'MSFT');
    expect((await dayRow(true))?.c).toBe((await closes(true))[0]);
    expect((await dayRow(false))?.c).toBe(eve);
  });

  test('of a symbol the market does not have is refused at the start', async () => {
    await expect(marketAt('2024-07-12T22:00:00Z', { ...split, symbol: 'NOSUCH' })).rejects.toThrow(
      'the market has no NOSUCH',
    );
  });
});
