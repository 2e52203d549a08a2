import { expect, test } from 'vitest';
import { refuseRows, type Refusal } from '../support/refuse-rows.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const range = { from: '2024-03-01', to: '2024-05-31' };
const now = '2024-06-03T02:00:00Z';
const good = ['AAPL', 'CAT', 'IBM', 'MSFT', 'SPY'];
const symbols = [...good, 'BAD'].sort();
const rows = rowsOf(range.from, range.to, () => quiet(100));
const backfill = { startDate: range.from, endDate: range.to, symbols };

const market = () => ({
  now,
  polygon: {
    tickers: symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' })),
    bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
  },
  charts: Object.fromEntries(
    symbols.map((symbol) => [
      symbol,
      chartOf(symbol, rows, symbol === 'BAD' ? { events: { splits: [['2024-04-10', 2, 1]] } } : {}),
    ]),
  ),
});

const ofBad = `new.instrument_id = (select id from market.instruments where symbol = 'BAD')`;

const barsBySymbol = `select i.symbol, count(*)::int as bars, count(distinct run_id)::int as runs
  from market.daily_bars join market.instruments i on i.id = instrument_id group by 1 order by 1`;
const whole = (of: readonly string[]) => of.map((symbol) => ({ symbol, bars: rows.length, runs: 1 }));
const causeIn = (runId: string) =>
  `select symbol, status, error_kind as kind, error_message as message from market.load_runs
    where run_id = '${runId}' and error_kind is not null`;
const openRequests = `select count(*)::int as open from market.load_requests where status = 'pending'`;

const states = ['22003', '23514', '42883'];

test.each(states)('one series that cannot be stored (%s) fails alone, and is asked once', async (state) => {
  const lab = await scriptedCase(market());
  const allow = await refuseRows(lab.store, { table: 'market.daily_bars', when: ofBad, state });
  const { runId, summary } = await lab.run('polygon-historical-backfill', backfill);
  const asked = () => lab.log.filter((url) => url.includes('/v2/aggs/'));
  const message = `what came cannot be stored: no room for this row (SQLSTATE ${state})`;
  expect(await lab.rows(causeIn(runId))).toEqual([
    { symbol: 'BAD', status: 'failed', kind: 'WriteRefused', message },
  ]);
  expect(summary).toMatchObject({ successful: good.length, failed: 1 });
  expect(await lab.rows(barsBySymbol)).toEqual(whole(good));
  expect(asked()).toHaveLength(symbols.length);
  expect((await lab.events(runId)).filter(({ level }) => level === 'error')).toEqual([
    { level: 'error', symbol: 'BAD', message },
  ]);
  expect(await lab.rows(openRequests)).toEqual([{ open: 0 }]);

  await allow();
  lab.log.length = 0;
  const repair = await lab.run('polygon-historical-backfill', backfill);
  expect(repair.summary).toMatchObject({ successful: symbols.length, failed: 0 });
  expect(await lab.rows(barsBySymbol)).toEqual(whole(symbols));
  expect(asked()).toEqual([expect.stringContaining('/BAD/')]);
});

const marketDays = { daysBack: 3 };
const twoDays = ['2024-05-30', '2024-05-31'];
const onlyOn = (session: string) => `${ofBad} and new.session_date = '${session}'`;

test.each([
  ['of both of its days', ofBad, { status: 'failed', records: 0 }],
  ['of one of two days', onlyOn('2024-05-31'), { status: 'partial', records: 1 }],
])('what of market days cannot be stored (%s) costs its symbol alone', async (_, when, left) => {
  const lab = await scriptedCase(market());
  const allow = await refuseRows(lab.store, { table: 'market.daily_bars', when });
  const { runId } = await lab.run('polygon-daily-ingestion', marketDays);
  expect(await lab.loads(runId)).toEqual(
    symbols.map((symbol) =>
      symbol === 'BAD'
        ? { symbol, ...left, error: 'WriteRefused' }
        : { symbol, status: 'success', records: 2, error: null },
    ),
  );
  const asked = () => lab.log.filter((url) => url.includes('/grouped/'));
  expect(asked()).toHaveLength(twoDays.length);
  const errors = (await lab.events(runId)).filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(twoDays.length - left.records);
  for (const { symbol, message } of errors) {
    expect(symbol).toBe('BAD');
    expect(message).toContain('what came cannot be stored: no room for this row (SQLSTATE 23514)');
  }
  // It has a bar, which is no absence: it stays due.
  expect(await lab.rows(`select * from market.bar_absences`)).toEqual([]);

  await allow();
  await lab.run('polygon-daily-ingestion', { ...marketDays, nominalTime: '2024-06-03T03:00:00Z' });
  const stored = await lab.bars('BAD', { from: '2024-05-30', to: '2024-05-31' });
  expect(stored.map(({ session }) => session)).toEqual(twoDays);
});

const crowd = Array.from({ length: 200 }, (_, index) => `Z${String(index).padStart(3, '0')}`);
const crowded = () => {
  const { polygon, ...rest } = market();
  return {
    ...rest,
    polygon: {
      tickers: [...polygon.tickers, ...crowd.map((symbol) => ticker(symbol, { list_date: '2010-01-04' }))],
      bars: { ...polygon.bars, ...Object.fromEntries(crowd.map((symbol) => [symbol, rows.slice(-1)])) },
    },
  };
};
const verdicts = `select status, error_kind as error, count(*)::int as loads from market.load_runs group by 1, 2 order by 1`;
const oneDay = { daysBack: 2 };

test('of a market day each of some rows that cannot be stored costs its symbol alone', async () => {
  const lab = await scriptedCase(crowded());
  const some = `(select right(symbol, 3)::int % 60 = 7 from market.instruments where id = new.instrument_id and symbol like 'Z%')`;
  await refuseRows(lab.store, { table: 'market.daily_bars', when: some });
  await lab.run('polygon-daily-ingestion', oneDay);
  const refused = crowd.filter((_, index) => index % 60 === 7).length;
  const stored = crowd.length + symbols.length - refused;
  expect(await lab.rows(verdicts)).toEqual([
    { status: 'failed', error: 'WriteRefused', loads: refused },
    { status: 'success', error: null, loads: stored },
  ]);
  expect(await lab.rows(`select count(*)::int as bars from market.daily_bars`)).toEqual([{ bars: stored }]);
  expect(lab.log.filter((url) => url.includes('/grouped/'))).toHaveLength(1);
});

test('a market day of which nothing can be stored is asked once, and fails with the cause', async () => {
  const lab = await scriptedCase(crowded(), { policy: { loadRetries: 2 } });
  await refuseRows(lab.store, { table: 'market.market_days', when: 'true' });
  await lab.run('polygon-daily-ingestion', oneDay);
  expect(await lab.rows(verdicts)).toEqual([
    { status: 'failed', error: 'WriteRefused', loads: crowd.length + symbols.length },
  ]);
  expect(lab.log.filter((url) => url.includes('/grouped/'))).toHaveLength(1);
});

test('an answer of which a part cannot be kept fails its load alone', async () => {
  const lab = await scriptedCase(market());
  await lab.run('polygon-historical-backfill', backfill);
  await refuseRows(lab.store, { table: 'market.corporate_actions', when: ofBad, state: '22008' });
  const dates = { startDate: range.from, endDate: range.to, symbols };
  const { runId } = await lab.run('yahoo-market-data-hourly', { ...dates, interval: '1d' });
  expect(await lab.loads(runId)).toEqual(
    symbols.map((symbol) =>
      symbol === 'BAD'
        ? { symbol, status: 'failed', records: 0, error: 'WriteRefused' }
        : { symbol, status: 'success', records: rows.length, error: null },
    ),
  );
  expect(lab.log.filter((url) => url.includes('/chart/BAD'))).toHaveLength(1);
});

const outsideOfLoading: readonly (readonly [phase: string, Refusal])[] = [
  ['opening', { table: 'market.load_runs', when: 'true', state: '22021' }],
  ['closing', { table: 'market.runs', when: `new.status = 'completed'`, event: 'update' }],
];

test.each(outsideOfLoading)(
  'what fails for good while %s fails the run, with the cause',
  async (_, refusal) => {
    const lab = await scriptedCase(market());
    await lab.run('polygon-daily-ingestion', { daysBack: 3 });
    await refuseRows(lab.store, refusal);
    lab.log.length = 0;
    await expect(lab.run('polygon-historical-backfill', backfill)).rejects.toThrow();
    expect(
      await lab.rows(`select status, summary -> 'error' ->> 'message' as cause from market.runs
      where flow = 'polygon-historical-backfill'`),
    ).toEqual([{ status: 'failed', cause: 'no room for this row' }]);
    expect(new Set(lab.log).size).toBe(lab.log.length);
    const open = `select count(*)::int as open from market.load_runs where completed_at is null`;
    expect(await lab.rows(open)).toEqual([{ open: 0 }]);
  },
);
