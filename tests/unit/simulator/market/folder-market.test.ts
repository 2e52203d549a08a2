import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderMarket } from '../../../../src/simulator/market/folder-market.ts';
import { fixturesFolder, hasFixtures } from '../../../support/fixtures.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

const calendar = weekdayCalendar();
const header = 'date,open,high,low,close,volume';
const everything = { from: '1900-01-01', to: '2199-12-31' };

describe('a folder of bars', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'folder-market-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (file: string, ...lines: readonly string[]) =>
    writeFile(join(directory, file), `${lines.join('\n')}\n`);
  const load = () => folderMarket({ directory, calendar });

  test('serves the numbers of its files as they are, sessions off the calendar too', async () => {
    await write('AAPL.csv', header, '2024-03-09,1.10,2.5,0.00001,2,1e3', '2024-03-08,1,2,1,2,10.5');
    const market = await load();
    expect(market.bars('AAPL', everything)).toEqual([
      { session: '2024-03-08', open: 1, high: 2, low: 1, close: 2, volume: 10.5, vwap: null, trades: null },
      {
        session: '2024-03-09',
        open: 1.1,
        high: 2.5,
        low: 0.00001,
        close: 2,
        volume: 1000,
        vwap: null,
        trades: null,
      },
    ]);
    expect(market.marketDay('2024-03-09')).toMatchObject([{ symbol: 'AAPL', bar: { open: 1.1 } }]);
    expect(market.marketDay('2024-03-10')).toEqual([]);
    expect(market.find('AAPL')).toMatchObject({ type: 'CS', listedOn: '2024-03-08', delistedOn: null });
  });

  test('cuts ranges at both ends, inclusive', async () => {
    const days = ['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07'];
    await write('AAPL.csv', header, ...days.map((day) => `${day},1,2,1,2,10`));
    const market = await load();
    const sessions = (from: string, to: string) =>
      market.bars('AAPL', { from, to }).map(({ session }) => session);
    expect(sessions('2024-03-05', '2024-03-06')).toEqual(['2024-03-05', '2024-03-06']);
    expect(sessions('2024-03-07', '2024-03-09')).toEqual(['2024-03-07']);
    expect(sessions('2024-03-08', '2024-03-09')).toEqual([]);
  });

  test('reads vwap and trades where a file has them, columns in any order, CRLF and a byte order mark', async () => {
    await writeFile(
      join(directory, 'lean_SPY_daily_raw.csv'),
      '\uFEFFDate,Volume,Close,Low,High,Open,VWAP,Trades\r\n2024-03-08,10,4,1,5,2,3.5,7\r\n2024-03-11,10,4,1,5,2,,\r\n',
    );
    const market = await load();
    expect(market.bars('SPY', everything)).toMatchObject([
      { open: 2, high: 5, low: 1, close: 4, vwap: 3.5, trades: 7 },
      { vwap: null, trades: null },
    ]);
    expect(market.find('SPY')?.type).toBe('ETF');
  });

  test('lists what it ignores, and why', async () => {
    await write('README.md', 'x');
    await write('AAPL_hour_raw.csv', header);
    await write('HOURS.csv', 'time,price', '1,2');
    await write('EMPTY.csv', header);
    const { ignored, instruments } = await load();
    expect(instruments).toEqual([]);
    expect(Object.fromEntries(ignored.map(({ file, reason }) => [file, reason]))).toEqual({
      'README.md': expect.stringContaining('not named') as string,
      'AAPL_hour_raw.csv': expect.stringContaining('not named') as string,
      'HOURS.csv': expect.stringContaining('header') as string,
      'EMPTY.csv': 'no rows',
    });
  });

  test.each([
    ['a number that is none', '2024-03-08,1,2,1,x,10', /AAPL\.csv, line 3: close is not a number: "x"/],
    ['an empty price', '2024-03-08,1,,1,2,10', /line 3: high is not a number/],
    ['a date that is none', '2024-02-30,1,2,1,2,10', /line 3: date is not YYYY-MM-DD/],
    ['too few fields', '2024-03-08,1,2', /line 3: 3 fields where the header has 6/],
    ['a session twice', '2024-03-07,1,2,1,2,10', /line 3: 2024-03-07 is on line 2 already/],
    ['an open quote', '"2024-03-08,1,2,1,2,10', /AAPL\.csv, line \d+: .*[Qq]uote/],
  ])('with %s is refused by file and line', async (_, row, message) => {
    await write('AAPL.csv', header, '2024-03-07,1,2,1,2,10', row);
    await expect(load()).rejects.toThrow(message);
  });

  describe('events', () => {
    const events = 'last_session_before_event,kind,value';

    test('are actions of the next session of the bars', async () => {
      await write('AAPL.csv', header, '2024-03-08,1,2,1,2,10', '2024-03-11,1,2,1,2,10');
      await write(
        'x_AAPL_events.csv',
        events,
        '20240308,split,1.9999955',
        '20240308,dividend_approx,0.5',
        '20240311,split,3',
      );
      const market = await load();
      expect(market.ignored).toEqual([]);
      expect(market.actions('AAPL')).toMatchObject([
        { kind: 'split', exDate: '2024-03-11', terms: { to: 2, from: 1 }, amount: null, inPrices: true },
        { kind: 'cash_dividend', exDate: '2024-03-11', terms: null, amount: 0.5, special: false },
      ]);
      expect(market.bars('AAPL', everything)[0]).toMatchObject({ close: 2, volume: 10 });
      expect(market.actions('NOSUCH')).toEqual([]);
    });

    test('without bars, or under another header, are ignored', async () => {
      await write('AAPL.csv', header, '2024-03-08,1,2,1,2,10');
      await write('AAPL_events.csv', 'date,event');
      await write('MSFT_events.csv', events);
      const { ignored } = await load();
      expect(Object.fromEntries(ignored.map(({ file, reason }) => [file, reason]))).toEqual({
        'AAPL_events.csv': 'its header is not that of events',
        'MSFT_events.csv': 'there are no bars of MSFT',
      });
    });

    test.each([
      ['20240230,split,2', /AAPL_events\.csv, line 2: last_session_before_event is no date/],
      ['20240308,split,0', /line 2: value is not a positive number/],
      ['20240308,merger,2', /line 2: kind is neither split nor dividend/],
    ])('%s are refused by file and line', async (row, message) => {
      await write('AAPL.csv', header, '2024-03-08,1,2,1,2,10');
      await write('AAPL_events.csv', events, row);
      await expect(load()).rejects.toThrow(message);
    });
  });

  test('with two files of one symbol is refused', async () => {
    await write('AAPL.csv', header, '2024-03-07,1,2,1,2,10');
    await write('x_AAPL_daily_raw.csv', header, '2024-03-07,1,2,1,2,10');
    await expect(load()).rejects.toThrow('AAPL.csv and x_AAPL_daily_raw.csv are both bars of AAPL');
  });
});

describe.skipIf(!hasFixtures)('the recorded bars (skipped where ../shared/fixtures is absent)', () => {
  test('are served row for row', async () => {
    const market = await folderMarket({ directory: `${fixturesFolder}bars`, calendar });
    const counts = market.instruments.map(({ symbol }) => [symbol, market.bars(symbol, everything).length]);
    expect(Object.fromEntries(counts)).toEqual({ AAPL: 5849, GOOG: 4183, IBM: 5849, SPY: 5849 });
    expect(market.bars('AAPL', { from: '2020-08-28', to: '2020-08-31' }).map(({ close }) => close)).toEqual([
      499.23, 129.04,
    ]);
    expect(market.marketDay('2004-08-18').map(({ symbol }) => symbol)).toEqual(['AAPL', 'IBM', 'SPY']);
  });

  test('have the splits they had, and their dividends', async () => {
    const market = await folderMarket({ directory: `${fixturesFolder}bars`, calendar });
    const splits = (symbol: string) =>
      market
        .actions(symbol)
        .flatMap(({ exDate, terms }) => (terms === null ? [] : [[exDate, terms.to, terms.from]]));
    expect(splits('AAPL')).toEqual([
      ['2000-06-21', 2, 1],
      ['2005-02-28', 2, 1],
      ['2014-06-09', 7, 1],
      ['2020-08-31', 4, 1],
    ]);
    expect(splits('IBM')).toEqual([['1999-05-27', 2, 1]]);
    expect(market.actions('SPY').every(({ kind }) => kind === 'cash_dividend')).toBe(true);
    expect(market.actions('AAPL').find(({ exDate }) => exDate === '2012-08-09')?.amount).toBe(2.6499);
  });

  test('all other files are ignored by name', async () => {
    const { ignored } = await folderMarket({ directory: `${fixturesFolder}bars`, calendar });
    expect(ignored.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['README.md', 'lean_AAPL_hour_raw.csv', 'backtesting_GOOG_daily_2004_2013.csv']),
    );
    expect(ignored.every(({ reason }) => reason.startsWith('not named'))).toBe(true);
  });
});
