import { expect, test } from 'vitest';
import type { ScriptedLife } from '../../../../src/simulator/market/scripted-life.ts';
import {
  marketDay,
  pagesFrom,
  runningMarket,
  series,
  source,
  type BarsBody,
  type TickersBody,
} from '../../../support/running-market.ts';

const [first, second, third, fourth] = source.instruments
  .filter(({ type, delistedOn, listedOn, figi }) => {
    return type === 'CS' && delistedOn === null && (listedOn ?? '') < '2010' && figi !== null;
  })
  .map(({ symbol }) => symbol);
if (first === undefined || second === undefined || third === undefined || fourth === undefined)
  throw new Error('the market is too small');

/** One is renamed, another takes its ticker over, one ends, and one goes over the counter. */
const lives: readonly ScriptedLife[] = [
  { symbol: first, tickers: [{ ticker: 'OLDT' }, { ticker: 'NEWT', from: '2024-03-13' }] },
  { symbol: second, listedOn: '2024-05-07', tickers: [{ ticker: 'OLDT' }] },
  { symbol: third, delistedOn: '2024-04-18' },
  { symbol: fourth, delistedOn: '2024-04-18', overTheCounter: 'GONEQ' },
];

const tickersOn = (date: string, query = '') =>
  `/v3/reference/tickers?market=stocks&limit=7&date=${date}${query}`;

async function listOf(get: (path: string) => Promise<TickersBody>, path: string) {
  const pages = await pagesFrom(get, path);
  return pages.flatMap(({ results }) => results);
}

const named = (list: readonly Record<string, unknown>[], ...tickers: readonly string[]) =>
  list.filter(({ ticker }) => tickers.some((one) => one === ticker));

const sessions = (body: BarsBody) =>
  (body.results ?? []).map(({ t }) => new Date(t).toISOString().slice(0, 10));

test('the list of a day has the tickers of that day', async () => {
  const { get } = await runningMarket({ lives });
  const own = [first, second, third, fourth, 'OLDT', 'NEWT', 'GONEQ'];
  const namesOn = async (date: string) =>
    named(await listOf(get, tickersOn(date)), ...own).map(({ ticker }) => ticker);
  expect(await namesOn('2024-03-12')).toEqual(['OLDT', third, fourth].toSorted());
  expect(await namesOn('2024-03-13')).toEqual(['NEWT', third, fourth].toSorted());
  expect(await namesOn('2024-04-30')).toEqual(['NEWT']);
  expect(await namesOn('2024-05-31')).toEqual(['NEWT', 'OLDT']);
});

test('the list of what is gone has each bearing of a ticker with its last day', async () => {
  const { get } = await runningMarket({ lives });
  const gone = named(
    await listOf(get, tickersOn('2024-07-10', '&active=false')),
    ...[third, fourth, 'OLDT', 'NEWT'],
  );
  expect(gone.map(({ ticker, delisted_utc }) => [ticker, delisted_utc])).toEqual(
    [
      ['OLDT', '2024-03-12T00:00:00Z'],
      [third, '2024-04-18T00:00:00Z'],
      [fourth, '2024-04-18T00:00:00Z'],
    ].toSorted(),
  );
});

test('bars are under the ticker of the day, of whoever bore it', async () => {
  const { get } = await runningMarket({ lives });
  const plain = await runningMarket();
  const values = async (from: (path: string) => Promise<BarsBody>, symbol: string, range: [string, string]) =>
    (await from(series(symbol, ...range))).results;
  const early: [string, string] = ['2024-03-01', '2024-03-12'];
  const late: [string, string] = ['2024-05-07', '2024-05-20'];
  expect(await values(get, 'OLDT', early)).toEqual(await values(plain.get, first, early));
  expect(await values(get, 'OLDT', late)).toEqual(await values(plain.get, second, late));
  expect(await values(get, 'NEWT', late)).toEqual(await values(plain.get, first, late));
  expect(sessions(await get(series('OLDT', '2024-03-11', '2024-05-08')))).toEqual([
    '2024-03-11',
    '2024-03-12',
    '2024-05-07',
    '2024-05-08',
  ]);
  expect(sessions(await get(series(first, '2024-03-11', '2024-05-08')))).toEqual([]);
});

test('a market day is under the tickers of that day, and without what trades over the counter', async () => {
  const { get } = await runningMarket({ lives });
  const own = [first, second, third, fourth, 'OLDT', 'NEWT', 'GONEQ'];
  const namesOn = async (session: string) =>
    ((await get(marketDay(session))).results ?? []).map(({ T = '' }) => T).filter((T) => own.includes(T));
  expect(await namesOn('2024-03-12')).toEqual(['OLDT', third, fourth].toSorted());
  expect(await namesOn('2024-04-19')).toEqual(['NEWT']);
  expect(await namesOn('2024-05-07')).toEqual(['NEWT', 'OLDT']);
  expect(sessions(await get(series('GONEQ', '2024-04-17', '2024-04-22')))).toEqual([
    '2024-04-19',
    '2024-04-22',
  ]);
});

test('the events of a company are found by its FIGI, those of a ticker are of who bears it today', async () => {
  const { get, request } = await runningMarket({ lives });
  const events = (id: string) =>
    get<{ results: { events: readonly { date?: string; ticker_change: { ticker: string } }[] } }>(
      `/vX/reference/tickers/${id}/events`,
    );
  const figi = source.find(first)?.figi ?? '';
  const [newest, oldest] = (await events(figi)).results.events;
  expect(newest).toEqual({ date: '2024-03-13', ticker_change: { ticker: 'NEWT' }, type: 'ticker_change' });
  expect(oldest?.ticker_change.ticker).toBe('OLDT');
  const second = (await events('OLDT')).results.events;
  expect(second).toMatchObject([{ date: '2024-05-07' }]);
  expect((await request('/vX/reference/tickers/NOBODY/events')).status).toBe(404);
});

test('Yahoo has all of the history under the ticker of today, and none under an old one', async () => {
  const { request } = await runningMarket({ lives });
  const period = `period1=${Date.parse('2024-03-01') / 1000}&period2=${Date.parse('2024-05-20') / 1000}`;
  const chart = (ticker: string) => request(`/v8/finance/chart/${ticker}?interval=1d&${period}`);
  const closes = async (response: Response) => {
    const body = (await response.json()) as {
      chart: { result: [{ timestamp: number[]; indicators: { quote: [{ close: number[] }] } }] };
    };
    return body.chart.result[0];
  };
  const plain = await runningMarket();
  const whole = await closes(await plain.request(`/v8/finance/chart/${first}?interval=1d&${period}`));
  const renamed = await closes(await chart('NEWT'));
  expect([renamed.timestamp, renamed.indicators]).toEqual([whole.timestamp, whole.indicators]);
  const other = await closes(await chart('OLDT'));
  expect(new Date((other.timestamp[0] ?? 0) * 1000).toISOString().slice(0, 10)).toBe('2024-05-07');
  expect((await chart(first)).status).toBe(404);
});

test.each([
  [[{ symbol: 'NOBODY' }], 'the market has no NOBODY'],
  [[{ symbol: first, tickers: [{ ticker: second }] }], `${second} is borne by two companies`],
  [[{ symbol: first, overTheCounter: 'GONEQ' }], 'over the counter without a delisting'],
  [
    [
      {
        symbol: first,
        tickers: [{ ticker: 'A' }, { ticker: 'B', from: '2024-03-01' }],
        delistedOn: '2024-02-01',
      },
    ],
    'do not follow each other',
  ],
])('a life that cannot be is refused: %j', async (wrong, message) => {
  await expect(runningMarket({ lives: wrong })).rejects.toThrow(message);
});
