import { expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { barsBody, polygonRow, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';

const listed = { list_date: '1986-03-13', primary_exchange: 'XNAS' };
const absencesOf = `select reason, confirmed, session_date as first, last_session as last from market.bar_absences
  order by session_date`;
const asks = (log: readonly string[]) => log.filter((path) => path.startsWith('/v2/aggs/ticker/'));

/** A market whose per-symbol answers are what `tell` makes of the rows that were asked for. */
async function marketOf(
  rows: readonly ScriptedRow[],
  tell: (asked: readonly ScriptedRow[], ask: number) => readonly ScriptedRow[],
  over: Readonly<Record<string, unknown>> = listed,
) {
  let count = 0;
  const lab = await scriptedCase({
    now: '2024-06-28T22:00:00Z',
    polygon: { tickers: [ticker('MSFT', over)], bars: { MSFT: rows } },
    handle(path) {
      const [, from = '', to = ''] = /^\/v2\/aggs\/ticker\/MSFT\/range\/1\/day\/(.+)\/(.+)$/.exec(path) ?? [];
      if (from === '') return undefined;
      const told = tell(
        rows.filter(({ d }) => d >= from && d <= to),
        count++,
      );
      const results = told.map((row) => polygonRow(row, exchangeInstant(row.d, 0)));
      return { body: barsBody(results, { ticker: 'MSFT' }) };
    },
  });
  return lab;
}

const year = { startDate: '2023-07-03', endDate: '2024-06-26', symbols: ['MSFT'] };
const yearRows = rowsOf(year.startDate, year.endDate, (_, index) => quiet(100 + (index % 7) / 10));
const firstFifty = { first: yearRows[0]?.d, last: yearRows[49]?.d };

test('an answer that stops at a limit is asked for the rest in the same run', async () => {
  const all = rowsOf('2003-09-10', '2024-06-26', (_, index) => quiet(100 + (index % 7) / 10));
  const lab = await marketOf(all, (asked) => asked.slice(0, 5000));
  const { summary } = await lab.run('polygon-historical-backfill', {
    startDate: '2003-09-10',
    endDate: '2024-06-26',
    symbols: ['MSFT'],
  });
  expect(summary).toMatchObject({ successful: 1, totalRecords: all.length, requests: 2 });
  expect(await lab.rows(absencesOf)).toEqual([]);
});

test('where the rest is not told either, it stays due until it is', async () => {
  const all = rowsOf('2003-09-10', '2024-06-26', (_, index) => quiet(100 + (index % 7) / 10));
  const whole = { is: false };
  const first = all.slice(0, 5000);
  const lab = await marketOf(all, (asked) => (whole.is ? asked : asked.filter((row) => first.includes(row))));
  const wish = { startDate: '2003-09-10', endDate: '2024-06-26', symbols: ['MSFT'] };
  const { runId } = await lab.run('polygon-historical-backfill', wish);
  expect(await lab.loads(runId)).toMatchObject([
    { status: 'partial', records: 5000, error: 'SilenceDoubted' },
  ]);
  expect((await lab.rows<{ confirmed: boolean }>(absencesOf)).map(({ confirmed }) => confirmed)).toEqual([
    false,
  ]);
  whole.is = true;
  lab.market.now = '2024-06-29T22:00:00Z';
  const { summary } = await lab.run('polygon-historical-backfill', wish);
  expect(summary).toMatchObject({ successful: 1, totalRecords: all.length - 5000, requests: 1 });
  expect(await lab.rows(absencesOf)).toEqual([]);
});

test.each<[string, (rows: readonly ScriptedRow[]) => readonly ScriptedRow[]]>([
  ['ends early', (rows) => rows.slice(0, 137)],
  ['begins late', (rows) => rows.slice(40)],
  ['has a hole', (rows) => [...rows.slice(0, 90), ...rows.slice(131)]],
  ['has many small holes', (rows) => rows.filter((_, index) => index % 12 !== 5)],
  ['lacks one session', (rows) => rows.filter((_, index) => index !== 200)],
])('an answer that %s is made whole by a smaller question', async (_, tell) => {
  const lab = await marketOf(yearRows, (asked, ask) => (ask === 0 ? tell(asked) : asked));
  const { summary } = await lab.run('polygon-historical-backfill', year);
  expect(summary).toMatchObject({ successful: 1, totalRecords: yearRows.length, requests: 2 });
  expect(await lab.rows(absencesOf)).toEqual([]);
});

test('an empty answer is not believed, whether the listing date is known or not', async () => {
  for (const over of [listed, {}]) {
    const lab = await marketOf(yearRows, (asked, ask) => (ask === 0 ? [] : asked), over);
    const { runId } = await lab.run('polygon-historical-backfill', year);
    expect((await lab.loads(runId)).map(({ status }) => status)).not.toContain('success');
    expect(await lab.rows(`select from market.bar_absences where confirmed`)).toEqual([]);
    lab.market.now = '2024-06-29T22:00:00Z';
    const { summary } = await lab.run('polygon-historical-backfill', year);
    expect(summary).toMatchObject({ successful: 1, totalRecords: yearRows.length });
    expect(await lab.rows(absencesOf)).toEqual([]);
  }
});

test('a halt is believed on the second day, and is not asked for again', async () => {
  const halted = [...yearRows.slice(0, 100), ...yearRows.slice(103)];
  const lab = await marketOf(halted, (asked) => asked);
  const first = await lab.run('polygon-historical-backfill', year);
  expect(await lab.loads(first.runId)).toMatchObject([{ status: 'partial', error: 'SilenceDoubted' }]);
  lab.market.now = '2024-06-29T22:00:00Z';
  const second = await lab.run('polygon-historical-backfill', year);
  expect(second.summary).toMatchObject({ successful: 1, totalRecords: 0, requests: 1 });
  expect(await lab.rows(absencesOf)).toEqual([
    { reason: 'no_trade', confirmed: true, first: yearRows[100]?.d, last: yearRows[102]?.d },
  ]);
  expect((await lab.run('polygon-historical-backfill', year)).summary).toMatchObject({ requests: 0 });
});

test('what trades every other day is believed at once, with one request', async () => {
  const rare = yearRows.filter((_, index) => index % 2 === 0);
  const lab = await marketOf(rare, (asked) => asked);
  const { summary } = await lab.run('polygon-historical-backfill', year);
  expect(summary).toMatchObject({ successful: 1, requests: 1 });
  expect(await lab.rows(absencesOf)).toEqual(
    yearRows
      .filter((_, index) => index % 2 === 1)
      .map(({ d }) => ({ reason: 'no_trade', confirmed: true, first: d, last: d })),
  );
});

test('silence before the first bar is explained by the listing date, where the provider knows it', async () => {
  const young = yearRows.slice(50);
  const lab = await marketOf(young, (asked) => asked, { list_date: young[0]?.d });
  const tickers = lab.market.polygon.tickers;
  // The list of the market, which is what a universe comes from, has no listing dates.
  await lab.rows(`insert into market.instruments (symbol, name, type, exchange, currency, active)
    values ('MSFT', 'MSFT Inc', 'CS', 'XNAS', 'USD', true)`);
  const { summary } = await lab.run('polygon-historical-backfill', year);
  expect(summary).toMatchObject({ successful: 1, requests: 1 });
  expect(asks(lab.log)).toHaveLength(1);
  expect(await lab.rows(absencesOf)).toEqual([{ reason: 'not_listed', confirmed: true, ...firstFifty }]);
  expect(tickers).toHaveLength(1);
});

test('silence before the first bar without a listing date is believed on the second day', async () => {
  const lab = await marketOf(yearRows.slice(50), (asked) => asked, {});
  const { runId } = await lab.run('polygon-historical-backfill', year);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'partial', error: 'ListingUnknown' }]);
  expect(await lab.rows(absencesOf)).toEqual([{ reason: 'not_listed', confirmed: false, ...firstFifty }]);
  lab.market.now = '2024-06-29T22:00:00Z';
  expect((await lab.run('polygon-historical-backfill', year)).summary).toMatchObject({
    successful: 1,
    requests: 1,
  });
  expect(await lab.rows(absencesOf)).toEqual([{ reason: 'not_listed', confirmed: true, ...firstFifty }]);
});

test('a market day that lacks who trades every day leaves it due, and another day decides', async () => {
  const range = { from: '2024-05-01', to: '2024-06-10' };
  const names = ['AAPL', 'SPY', 'MSFT', 'IBM', 'KO', 'GE', 'F', 'T', 'X', 'C', 'BA', 'CAT'];
  const bars = Object.fromEntries(names.map((name) => [name, rowsOf(range.from, range.to, () => quiet(50))]));
  const gap = { session: '2024-05-22' };
  const lab = await scriptedCase({
    now: '2024-06-13T22:00:00Z',
    polygon: { tickers: names.map((name) => ticker(name, { list_date: '1990-01-02' })), bars },
    handle(path) {
      if (!path.endsWith(`/stocks/${gap.session}`)) return undefined;
      const told = names
        .filter((name) => name !== 'GE')
        .flatMap((name) =>
          (bars[name] ?? []).filter(({ d }) => d === gap.session).map((row) => [name, row] as const),
        )
        .map(([T, row]) => ({ T, ...polygonRow(row, exchangeInstant(gap.session, 960)) }));
      // As many rows as on other days.
      return { body: barsBody([...told, { ...told[0], T: 'OTHER' }]) };
    },
  });
  // So few sessions that market days are cheaper than a request a symbol.
  const wish = { startDate: '2024-05-14', endDate: '2024-05-24', symbols: names };
  const early = await lab.run('polygon-historical-backfill', {
    ...wish,
    startDate: '2024-05-01',
    endDate: '2024-05-13',
  });
  expect(early.summary).toMatchObject({ successful: 12 });
  const { summary } = await lab.run('polygon-historical-backfill', wish);
  expect(summary.partialSymbols.map(({ symbol }) => symbol)).toEqual(['GE']);
  expect(await lab.rows(`select from market.bar_absences where confirmed`)).toEqual([]);
  gap.session = '';
  lab.market.now = '2024-06-14T22:00:00Z';
  expect((await lab.run('polygon-historical-backfill', wish)).summary).toMatchObject({
    successful: 12,
    totalRecords: 1,
    requests: 1,
  });
  expect(sessionsBetween(range).length).toBeGreaterThan(20);
});
