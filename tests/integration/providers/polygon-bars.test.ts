import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import { exchangeInstant } from '../../../src/domain/exchange-time.ts';
import { failureOf } from '../../support/failure.ts';
import { json, startLocalServer } from '../../support/local-server.ts';
import {
  bar,
  january,
  marketDayBody,
  polygonAnswering,
  polygonAt,
  row,
  series,
  seriesBody,
} from '../../support/polygon-replies.ts';

/** A row of a market day; its `t` ends the window: 16:00 in New York. */
const dayRow = (T: string, session: string, over: Readonly<Record<string, unknown>> = {}) => ({
  T,
  ...row(session, { t: exchangeInstant(session, 16 * 60) }),
  ...over,
});

describe('an answer is malformed', () => {
  const malformed = { name: 'MalformedResponse', passing: false };

  test('when it is for another symbol, letter case included', async () => {
    for (const ticker of ['MSFT', 'aapl']) {
      const { polygon } = await polygonAnswering(json(seriesBody([row('2024-01-02')], { ticker })));
      await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject(
        malformed,
      );
    }
  });

  test('when its prices are adjusted', async () => {
    const { polygon } = await polygonAnswering(json(seriesBody([row('2024-01-02')], { adjusted: true })));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      ...malformed,
      message: 'adjusted prices in answer to a request for raw ones',
    });
  });

  test.each([undefined, null, []])('when it announces rows and its rows are %j', async (results) => {
    const { polygon } = await polygonAnswering(json(seriesBody([], { results, resultsCount: 2 })));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      ...malformed,
      message: 'the answer announces 2 rows and has 0',
    });
  });

  test.each([
    ['results', seriesBody([], { results: 'secret text' })],
    ['adjusted', seriesBody([], { adjusted: 'secret text' })],
    ['next_url', seriesBody([], { next_url: 7 })],
    ['the document', ['secret text']],
    ['the document', null],
    ['the document', 'secret text'],
  ])('at %s, which the error names without the content', async (place, body) => {
    const { polygon } = await polygonAnswering(json(body));
    const failure = await failureOf(polygon.series('AAPL', { interval: '1d', range: january }));
    expect(failure).toMatchObject({
      ...malformed,
      message: `not what the documentation says at ${place}`,
    });
    expect(JSON.stringify(failure)).not.toContain('secret text');
  });

  test.each([{}, { status: 'OK' }, { message: 'maintenance' }, { status: 'OK', results: null }])(
    'when it is %j: that is not how "no data" is said',
    async (body) => {
      const { polygon } = await polygonAnswering(json(body));
      const expected = { ...malformed, message: 'the answer has neither rows nor their number' };
      await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject(
        expected,
      );
      await expect(polygon.marketDay('2024-01-02')).rejects.toMatchObject(expected);
    },
  );

  test('in the same ways for a market day', async () => {
    for (const [body, message] of [
      [marketDayBody([dayRow('A', '2024-01-02')], { adjusted: true }), 'adjusted prices'],
      [marketDayBody([], { resultsCount: 9_000 }), 'announces 9000 rows'],
    ] as const) {
      const { polygon } = await polygonAnswering(json(body));
      const failure = await failureOf(polygon.marketDay('2024-01-02'));
      expect(failure).toMatchObject(malformed);
      expect(String(failure)).toContain(message);
    }
  });
});

describe('a row that cannot be is rejected, and no other', () => {
  test.each([
    ['o', 'o is text', row('2024-01-03', { o: 'secret text' })],
    ['c', 'c is null', row('2024-01-03', { c: null })],
    ['h', 'h is -1', row('2024-01-03', { h: -1 })],
    ['v', 'v is absent', row('2024-01-03', { v: undefined })],
    ['n', 'n is 1.5', row('2024-01-03', { n: 1.5 })],
    ['t', 't is text', row('2024-01-03', { t: '2024-01-02' })],
    ['t', 't is 0', row('2024-01-03', { t: 0 })],
    ['t', 't is 1e+300', row('2024-01-03', { t: 1e300 })],
    ['', 'the record is text', 'secret text'],
  ])('by its %j: %s', async (field, wrong, bad) => {
    const { polygon } = await polygonAnswering(json(seriesBody([row('2024-01-02'), bad])));
    const { bars, rejected } = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(bars).toEqual([bar('2024-01-02')]);
    const session = field === 't' || field === '' ? null : '2024-01-03';
    expect(rejected).toMatchObject([{ symbol: 'AAPL', session, field, wrong }]);
  });

  test('of a market day as well, where it says whose it is or not', async () => {
    const day = marketDayBody([
      dayRow('A', '2024-01-02'),
      dayRow('B', '2024-01-02', { c: 0 }),
      dayRow('', '2024-01-02'),
    ]);
    const { polygon } = await polygonAnswering(json(day));
    const { rows, rejected } = await polygon.marketDay('2024-01-02');
    expect(rows.map(({ symbol }) => symbol)).toEqual(['A']);
    expect(rejected).toMatchObject([
      { symbol: 'B', session: '2024-01-02', field: 'c', wrong: 'c is 0' },
      { symbol: null, session: '2024-01-02', field: 'T', wrong: 'T is empty' },
    ]);
  });

  test('where it is of what was asked for: what is outside is counted as such', async () => {
    const bad = [row('2023-12-29', { o: null }), row('2024-02-01', { o: null })];
    const { polygon } = await polygonAnswering(json(seriesBody(bad)));
    const answer = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(answer).toMatchObject({ bars: [], rejected: [], outside: 2 });
  });
});

describe('the rows of a series', () => {
  test('are sorted, when they come newest first', async () => {
    const { polygon } = await polygonAnswering(
      series(row('2024-01-04'), row('2024-01-03'), row('2024-01-02')),
    );
    const { bars } = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(bars).toEqual([bar('2024-01-02'), bar('2024-01-03'), bar('2024-01-04')]);
  });

  test('count once when they are equal', async () => {
    const { polygon } = await polygonAnswering(series(row('2024-01-02'), row('2024-01-02')));
    expect(await polygon.series('AAPL', { interval: '1d', range: january })).toMatchObject({
      bars: [bar('2024-01-02')],
      conflicts: [],
      outside: 0,
    });
  });

  test('are a conflict with every value, and no bar, when they disagree', async () => {
    const { polygon } = await polygonAnswering(
      series(row('2024-01-02'), row('2024-01-03'), row('2024-01-02', { c: 12 }), row('2024-01-02')),
    );
    const answer = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(answer.bars).toEqual([bar('2024-01-03')]);
    expect(answer.conflicts).toEqual([
      { symbol: 'AAPL', session: '2024-01-02', rows: [bar('2024-01-02'), bar('2024-01-02', { close: 12 })] },
    ]);
  });

  test('are left out and counted outside of the range', async () => {
    const { polygon } = await polygonAnswering(
      series(row('2023-12-29'), row('2024-01-02'), row('2024-01-31'), row('2024-02-01')),
    );
    const answer = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(answer.bars).toEqual([bar('2024-01-02'), bar('2024-01-31')]);
    expect(answer.outside).toBe(2);
  });

  test('may lack average price and number of trades, and have fractions of shares', async () => {
    const { polygon } = await polygonAnswering(
      series(
        row('2024-01-02', { vw: undefined, n: undefined, v: 0.25 }),
        row('2024-01-03', { vw: null, n: null }),
      ),
    );
    const { bars } = await polygon.series('AAPL', { interval: '1d', range: january });
    expect(bars).toEqual([
      bar('2024-01-02', { vwap: null, trades: null, volume: 0.25 }),
      bar('2024-01-03', { vwap: null, trades: null }),
    ]);
  });

  test.each([
    ['milliseconds', 1],
    ['microseconds', 1e3],
    ['nanoseconds', 1e6],
  ])('have their session from %s', async (_, factor) => {
    const sessions = ['1998-01-02', '2024-01-02', '2024-07-10'];
    const { polygon } = await polygonAnswering(
      series(...sessions.map((session) => row(session, { t: exchangeInstant(session, 0) * factor }))),
    );
    const { bars } = await polygon.series('AAPL', {
      interval: '1d',
      range: { from: '1990-01-01', to: '2024-12-31' },
    });
    expect(bars.map(({ session }) => session)).toEqual(sessions);
  });

  test.each([undefined, null, []])('are none when the results are %j', async (results) => {
    const { polygon } = await polygonAnswering(json({ status: 'OK', resultsCount: 0, results }));
    expect(await polygon.series('AAPL', { interval: '1d', range: january })).toMatchObject({
      bars: [],
      conflicts: [],
      outside: 0,
    });
  });

  test('belong to the symbol asked for when the answer names none', async () => {
    const { polygon } = await polygonAnswering(json({ adjusted: false, results: [row('2024-01-02')] }));
    expect(await polygon.series('BRK.B', { interval: '1d', range: january })).toMatchObject({
      symbol: 'BRK.B',
      bars: [{}],
    });
  });
});

describe.each([
  ['spring', ['2024-03-08', '2024-03-10', '2024-03-11'], ['05', '05', '04']],
  ['autumn', ['2024-11-01', '2024-11-03', '2024-11-04'], ['04', '04', '05']],
])('around the clock change in %s', (_, sessions, utcHours) => {
  const starts = sessions.map((session, i) => Date.parse(`${session}T${utcHours[i] ?? ''}:00:00Z`));
  const range = { from: sessions[0] ?? '', to: sessions[2] ?? '' };

  test('a window that starts at midnight in New York has its own date', async () => {
    const { polygon } = await polygonAnswering(series(...starts.map((t) => row('2024-01-02', { t }))));
    const answer = await polygon.series('AAPL', { interval: '1d', range });
    expect(answer.bars.map(({ session }) => session)).toEqual(sessions);
    expect(answer.outside).toBe(0);
  });

  test('a millisecond before midnight has the date before', async () => {
    const { polygon } = await polygonAnswering(series(...starts.map((t) => row('2024-01-02', { t: t - 1 }))));
    const answer = await polygon.series('AAPL', { interval: '1d', range });
    expect(answer.bars.map(({ session }) => session)).toHaveLength(2);
    expect(answer.outside).toBe(1);
  });

  test.each(sessions)('a market day of %s ends at 16:00 or at the midnight after', async (session) => {
    const following = exchangeInstant(addDays(session, 1), 0);
    const { polygon } = await polygonAnswering(
      json(
        marketDayBody([
          dayRow('CLOSE', session),
          dayRow('NIGHT', session, { t: following }),
          dayRow('LATER', session, { t: following + 1 }),
          dayRow('EARLIER', session, { t: exchangeInstant(session, 0) }),
        ]),
      ),
    );
    const answer = await polygon.marketDay(session);
    expect(answer.rows).toEqual([
      { symbol: 'CLOSE', bar: bar(session) },
      { symbol: 'NIGHT', bar: bar(session) },
    ]);
    expect(answer.outside).toBe(2);
  });
});

describe('the rows of a market day', () => {
  const session = '2024-01-02';

  test('are asked for raw and without the counter market', async () => {
    const { polygon, server } = await polygonAnswering(json(marketDayBody([])));
    await polygon.marketDay(session);
    expect(server.seen.map(({ url }) => url)).toEqual([
      `/v2/aggs/grouped/locale/us/market/stocks/${session}?adjusted=false&include_otc=false`,
    ]);
  });

  test('keep the provider’s order and the letter case of their symbols', async () => {
    const symbols = ['ZM', 'CpK', 'CPK', 'AAPL', 'KIMpL'];
    const { polygon } = await polygonAnswering(
      json(marketDayBody(symbols.map((symbol) => dayRow(symbol, session)))),
    );
    const { rows } = await polygon.marketDay(session);
    expect(rows.map(({ symbol }) => symbol)).toEqual(symbols);
  });

  test('are left out and counted when they are of the counter market', async () => {
    const { polygon } = await polygonAnswering(
      json(marketDayBody([dayRow('A', session, { otc: true }), dayRow('B', session, { otc: false })])),
    );
    expect(await polygon.marketDay(session)).toMatchObject({ rows: [{ symbol: 'B' }], outside: 1 });
  });

  test('count once when equal, and are a conflict of their symbol alone when not', async () => {
    const { polygon } = await polygonAnswering(
      json(
        marketDayBody([
          dayRow('A', session),
          dayRow('B', session),
          dayRow('A', session),
          dayRow('B', session, { v: 2001 }),
        ]),
      ),
    );
    const answer = await polygon.marketDay(session);
    expect(answer.rows).toEqual([{ symbol: 'A', bar: bar(session) }]);
    expect(answer.conflicts).toEqual([
      { symbol: 'B', session, rows: [bar(session), bar(session, { volume: 2001 })] },
    ]);
  });

  test('are counted as one request', async () => {
    const { polygon } = await polygonAnswering(json(marketDayBody([dayRow('A', session)])));
    let counted = 0;
    const { requests } = await polygon.marketDay(session, { onRequest: () => (counted += 1) });
    expect({ requests, counted }).toEqual({ requests: 1, counted: 1 });
  });
});

describe('an answer is observed', () => {
  test('at the time of the provider’s Date header', async () => {
    const { polygon } = await polygonAnswering(
      json(marketDayBody([]), 200, { date: 'Thu, 27 Jun 2024 10:14:46 GMT' }),
    );
    expect((await polygon.marketDay('2024-06-26')).observedAt).toBe('2024-06-27T10:14:46.000Z');
  });

  test.each(['no', undefined])('at our time when that header is %j', async (date) => {
    const server = await startLocalServer((response) => {
      response.sendDate = false;
      response.writeHead(200, date === undefined ? {} : { date }).end(JSON.stringify(marketDayBody([])));
    });
    const polygon = polygonAt(server, { now: () => new Date('2024-06-27T10:00:00Z') });
    expect((await polygon.marketDay('2024-06-26')).observedAt).toBe('2024-06-27T10:00:00.000Z');
  });
});
