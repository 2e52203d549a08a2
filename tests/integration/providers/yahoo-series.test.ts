import { describe, expect, test } from 'vitest';
import { exchangeInstant } from '../../../src/domain/exchange-time.ts';
import {
  chart,
  chartBody,
  daily,
  hourly,
  secondsAt,
  yahooAnswering,
  bar,
  type Row,
} from '../../support/yahoo-replies.ts';
import { json } from '../../support/local-server.ts';

const hours = [570, 630, 690, 750, 810, 870, 930];
const hourRows = (session: string, minutes: readonly number[] = hours): Row[] =>
  minutes.map((at) => ({ session, at }));
const opens = (bars: readonly { readonly opensAt?: string }[]) =>
  bars.map(({ opensAt }) => opensAt?.slice(11, 16));

describe('what is asked', () => {
  test('the range from midnight to midnight in New York, the regular session only, events along', async () => {
    const { yahoo, server } = await yahooAnswering(chart([]));
    await yahoo.series('BRK.B', daily).catch(() => undefined);
    const url = new URL(server.seen[0]?.url ?? '', server.url);
    expect(url.pathname).toBe('/v8/finance/chart/BRK-B');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      interval: '1d',
      period1: String(exchangeInstant('2024-01-01', 0) / 1000),
      period2: String(exchangeInstant('2024-02-01', 0) / 1000),
      includePrePost: 'false',
      events: 'div|split|capitalGain',
    });
  });

  test('symbols are escaped', async () => {
    const { yahoo, server } = await yahooAnswering(chart([], { symbol: '^GSPC' }));
    expect(await yahoo.series('^GSPC', daily)).toMatchObject({ symbol: '^GSPC', bars: [] });
    expect(server.seen[0]?.url).toMatch(/^\/v8\/finance\/chart\/%5EGSPC\?/);
  });

  test('the symbol of an answer is the one that was asked for', async () => {
    const { yahoo } = await yahooAnswering(chart([], { symbol: 'BAC-PL' }));
    expect(await yahoo.series('BACpL', daily)).toMatchObject({ symbol: 'BACpL' });
    const reference = await yahoo.lookUp('BACpL');
    expect(reference?.symbol).toBe('BACpL');
  });
});

describe('an answer for something else is MalformedResponse', () => {
  test.each([
    ['another symbol', { symbol: 'MSFT' }],
    ['another interval', { dataGranularity: '1wk' }],
    ['another currency', { currency: 'CAD' }],
    ['no currency', { currency: null }],
    ['a time zone that does not exist', { exchangeTimezoneName: 'Mars/Olympus' }],
  ])('%s', async (_, meta) => {
    const { yahoo } = await yahooAnswering(chart([{ session: '2024-01-02' }], meta));
    const asked = yahoo.series('AAPL', { ...daily, currency: 'USD' });
    await expect(asked).rejects.toMatchObject({ name: 'MalformedResponse', passing: false });
  });

  test.each([
    ['an empty result', { chart: { result: [], error: null } }],
    ['another document', { quoteResponse: { result: [], error: null } }],
    ['prices that are no list', { chart: { result: [{ meta: {}, indicators: { quote: [{ open: 1 }] } }] } }],
  ])('%s', async (_, body) => {
    const { yahoo } = await yahooAnswering(json(body));
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject({ name: 'MalformedResponse' });
  });

  test.each([
    ['without an error', { chart: { result: null } }],
    ['with an error of null', { chart: { result: null, error: null } }],
  ])('not a null %s: that passes', async (_, body) => {
    const { yahoo } = await yahooAnswering(json(body));
    const passing = { name: 'ProviderUnavailable', passing: true };
    await expect(yahoo.series('AAPL', daily)).rejects.toMatchObject(passing);
    await expect(yahoo.lookUp('AAPL')).rejects.toMatchObject(passing);
  });

  test('hours of another market', async () => {
    const meta = { dataGranularity: '1h', exchangeTimezoneName: 'Europe/Berlin' };
    const { yahoo } = await yahooAnswering(chart([{ session: '2024-01-02' }], meta));
    await expect(yahoo.series('AAPL', hourly)).rejects.toMatchObject({ name: 'MalformedResponse' });
  });
});

test('fields that we do not know change nothing', async () => {
  const { yahoo } = await yahooAnswering(
    chart([{ session: '2024-01-02' }], { novelty: { deep: [1] }, tradingPeriods: 'gone' }),
  );
  const { bars } = await yahoo.series('AAPL', daily);
  expect(bars).toEqual([bar('2024-01-02')]);
});

describe('days', () => {
  test('rows without values are counted, and no bars', async () => {
    const nothing = { open: null, high: null, low: null, close: null, volume: null };
    const { yahoo } = await yahooAnswering(
      chart([
        { session: '2024-01-02', values: nothing },
        { session: '2024-01-03', values: { volume: null } },
        { session: '2024-01-04', values: { open: null } },
        { session: '2024-01-05' },
      ]),
    );
    const answer = await yahoo.series('AAPL', daily);
    expect(answer.bars).toEqual([bar('2024-01-05')]);
    expect(answer.leftOut).toMatchObject({ nullRows: 1, partlyNull: 2 });
  });

  test('a row with a price that is text is rejected, and no other', async () => {
    const { yahoo } = await yahooAnswering(
      chart([{ session: '2024-01-02', values: { open: '10' as never } }, { session: '2024-01-03' }]),
    );
    const { bars, rejected } = await yahoo.series('AAPL', daily);
    expect(bars).toEqual([bar('2024-01-03')]);
    expect(rejected).toMatchObject([{ session: '2024-01-02', field: 'open', wrong: 'open is text' }]);
  });

  test('rows of other days are counted, those of days without a session rejected: none is a bar', async () => {
    const { yahoo } = await yahooAnswering(
      chart([
        { session: '2023-12-29' },
        { session: '2024-01-01' },
        { session: '2024-01-02' },
        { session: '2024-01-06' },
        { session: '2024-02-01', at: 0 },
      ]),
    );
    const answer = await yahoo.series('AAPL', daily);
    expect(answer.bars).toEqual([bar('2024-01-02')]);
    const wrong = 'there was no session that day';
    expect(answer).toMatchObject({
      outside: 2,
      rejected: [
        { session: '2024-01-01', isOffSession: true, wrong },
        { session: '2024-01-06', isOffSession: true, wrong },
      ],
    });
  });

  test('the live row is the bar of its session, alone or beside a row on the grid', async () => {
    const regularMarketTime = secondsAt('2024-01-03', 754);
    const live = { session: '2024-01-03', at: 754, values: { close: 11.5 } };
    const alone = await yahooAnswering(chart([{ session: '2024-01-02' }, live], { regularMarketTime }));
    const beside = await yahooAnswering(chart([{ session: '2024-01-03' }, live], { regularMarketTime }));
    expect((await alone.yahoo.series('AAPL', daily)).bars).toEqual([
      bar('2024-01-02'),
      bar('2024-01-03', { close: 11.5 }),
    ]);
    expect(await beside.yahoo.series('AAPL', daily)).toMatchObject({
      bars: [bar('2024-01-03', { close: 11.5 })],
      leftOut: { duplicates: 1 },
      conflicts: [],
    });
  });

  test('rows of one session that say the same count once, those that differ are a conflict', async () => {
    const { yahoo } = await yahooAnswering(
      chart([
        { session: '2024-01-02' },
        { session: '2024-01-02', at: 0 },
        { session: '2024-01-03' },
        { session: '2024-01-03', at: 0, values: { close: 10.5 } },
      ]),
    );
    expect(await yahoo.series('AAPL', daily)).toMatchObject({
      bars: [bar('2024-01-02')],
      leftOut: { duplicates: 1 },
      conflicts: [
        {
          symbol: 'AAPL',
          session: '2024-01-03',
          rows: [bar('2024-01-03'), bar('2024-01-03', { close: 10.5 })],
        },
      ],
    });
  });

  test('bars come oldest first, whatever their order', async () => {
    const { yahoo } = await yahooAnswering(chart([{ session: '2024-01-03' }, { session: '2024-01-02' }]));
    const { bars } = await yahoo.series('AAPL', daily);
    expect(bars.map(({ session }) => session)).toEqual(['2024-01-02', '2024-01-03']);
  });

  test('a range in which Yahoo has nothing is an empty series', async () => {
    const description = "Data doesn't exist for startDate = 1, endDate = 2";
    const body = { chart: { result: null, error: { code: 'Bad Request', description } } };
    const { yahoo } = await yahooAnswering(json(body, 400, { date: 'Wed, 03 Jan 2024 01:00:00 GMT' }));
    expect(await yahoo.series('AAPL', daily)).toMatchObject({
      bars: [],
      actions: [],
      requests: 1,
      observedAt: '2024-01-03T01:00:00.000Z',
      splitBasis: '2024-01-02',
    });
  });
});

describe('hours', () => {
  const meta = { dataGranularity: '1h' };
  const week = (from: string, to: string) => ({ interval: '1h', range: { from, to } }) as const;

  test('a full day has seven, a half day four; a 16:00 row and what is off the hours are none', async () => {
    const rows = [
      ...hourRows('2024-11-27', [...hours, 960]),
      ...hourRows('2024-11-29', [...hours, 780, 677]),
      ...hourRows('2024-11-28'),
    ];
    const { yahoo } = await yahooAnswering(chart(rows, meta));
    const { bars, leftOut } = await yahoo.series('AAPL', week('2024-11-27', '2024-11-29'));
    expect(opens(bars)).toEqual([
      ...['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30'],
      ...['14:30', '15:30', '16:30', '17:30'],
    ]);
    expect(bars[7]).toEqual(bar('2024-11-29', { opensAt: '2024-11-29T14:30:00.000Z' }));
    expect(leftOut).toMatchObject({ offSession: 1 + 5 + 7, duplicates: 0 });
  });

  test.each([
    ['spring', '2024-03-08', '2024-03-11', '14:30', '13:30'],
    ['autumn', '2024-11-01', '2024-11-04', '13:30', '14:30'],
  ])('the clock change in %s', async (_, friday, monday, before, after) => {
    const { yahoo } = await yahooAnswering(chart([...hourRows(friday), ...hourRows(monday)], meta));
    const { bars } = await yahoo.series('AAPL', week(friday, monday));
    expect(bars).toHaveLength(14);
    expect([opens(bars)[0], opens(bars)[7]]).toEqual([before, after]);
    expect(bars.map(({ session }) => session)).toEqual([
      ...hours.map(() => friday),
      ...hours.map(() => monday),
    ]);
  });

  test('what an illiquid symbol lacks is not made up', async () => {
    const { yahoo } = await yahooAnswering(chart(hourRows('2024-01-02', [570, 750]), meta));
    const { bars } = await yahoo.series('AAPL', hourly);
    expect(opens(bars)).toEqual(['14:30', '17:30']);
  });

  test('the live row within an hour is no bar', async () => {
    const regularMarketTime = secondsAt('2024-01-02', 677);
    const { yahoo } = await yahooAnswering(
      chart(hourRows('2024-01-02', [570, 630, 677]), { ...meta, regularMarketTime }),
    );
    const { bars, leftOut } = await yahoo.series('AAPL', hourly);
    expect(opens(bars)).toEqual(['14:30', '15:30']);
    expect(leftOut.offSession).toBe(1);
  });
});

describe('events', () => {
  const at = (session: string) => secondsAt(session);
  const actionsOf = async (events: unknown, meta = {}) => {
    const { yahoo } = await yahooAnswering(
      json(chartBody([], { events, ...meta }), 200, { date: 'Wed, 31 Jan 2024 20:00:00 GMT' }),
    );
    return yahoo.series('AAPL', daily);
  };

  test('by kind, oldest first', async () => {
    const { actions } = await actionsOf({
      splits: {
        a: { date: at('2024-01-12'), numerator: 4, denominator: 1, splitRatio: '4:1' },
        b: { date: at('2024-01-11'), numerator: 1, denominator: 8, splitRatio: '1:8' },
        c: { date: at('2024-01-10'), numerator: 1281, denominator: 1000, splitRatio: '1281:1000' },
      },
      dividends: { d: { date: at('2024-01-09'), amount: 0.20499999821186066 } },
      capitalGains: { e: { date: at('2024-01-08'), amount: 1.5 } },
    });
    expect(
      actions.map(({ kind, exDate, ratio, amount, dividendType, amountBasis }) => [
        kind,
        exDate,
        ratio ?? amount,
        dividendType,
        amountBasis,
      ]),
    ).toEqual([
      ['capital_gain', '2024-01-08', 1.5, null, '2024-01-31'],
      ['cash_dividend', '2024-01-09', 0.205, 'regular', '2024-01-31'],
      ['spin_off', '2024-01-10', 1.281, null, null],
      ['reverse_split', '2024-01-11', 0.125, null, null],
      ['split', '2024-01-12', 4, null, null],
    ]);
  });

  test('those that say nothing, and those of other days, are counted', async () => {
    const { actions, outside, leftOut } = await actionsOf({
      splits: {
        a: { date: at('2024-01-12'), numerator: 0, denominator: 1 },
        b: { date: at('2024-01-12'), numerator: 2, denominator: 0 },
        c: { date: at('2024-02-12'), numerator: 2, denominator: 1 },
      },
      dividends: { d: { date: at('2024-01-09'), amount: 0 } },
    });
    expect(actions).toEqual([]);
    expect([outside, leftOut.brokenEvents]).toEqual([1, 3]);
  });

  test('pence are no ISO currency', async () => {
    const dividends = { a: { date: at('2024-01-09'), amount: 5 } };
    expect((await actionsOf({ dividends }, { currency: 'GBp' })).actions).toMatchObject([{ currency: null }]);
  });
});
