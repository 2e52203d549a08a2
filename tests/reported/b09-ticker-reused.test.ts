import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const now = '2010-12-15T22:00:00Z';
const range = { startDate: '2009-05-18', endDate: '2010-12-10' };
const old = rowsOf('2009-05-18', '2009-06-01', () => ({ o: 1.1, h: 1.2, l: 0.7, c: 0.75, v: 9e7 }));
const young = rowsOf('2010-11-18', '2010-12-10', () => ({ o: 34, h: 35, l: 33, c: 34, v: 5e7 }));
const newBearer = ticker('GM', {
  list_date: '2010-11-18',
  name: 'General Motors Company',
  composite_figi: 'BBG000NDYB67',
});
const oldBearer = {
  ...ticker('GM', { name: 'General Motors Corp (old)', composite_figi: 'BBG000BLNNH6' }),
  ...{ active: false, delisted_utc: '2009-06-01T04:00:00Z' },
};
const { list_date: _listing, ...unlistedBearer } = newBearer;

const barsByBearer = `select i.active, count(*)::int, min(session_date) as first, max(session_date) as last
  from market.daily_bars b join market.instruments i on i.id = b.instrument_id group by i.id order by i.active`;
const before = `select reason, confirmed from market.bar_absences a join market.instruments i on i.id = a.instrument_id
  where i.active and session_date < '2010-11-18' group by 1, 2`;

async function marketOf(tickers: readonly Readonly<Record<string, unknown>>[], rows: readonly ScriptedRow[]) {
  return scriptedCase({ now, polygon: { tickers, bars: { GM: rows } } });
}

const ofNew = { active: true, count: young.length, first: '2010-11-18', last: '2010-12-10' };
const ofOld = { active: false, count: old.length, first: '2009-05-18', last: '2009-06-01' };

test('bars before a listing are not stored under it: they are evidence, and their sessions not listed', async () => {
  const lab = await marketOf([newBearer, oldBearer], [...old, ...young]);
  const { runId, summary } = await lab.run('polygon-historical-backfill', { ...range, symbols: ['GM'] });
  expect(summary).toMatchObject({ successful: 1, totalRecords: young.length, requests: 1 });
  expect(await lab.rows(barsByBearer)).toEqual([ofNew]);
  expect(await lab.rows(before)).toEqual([{ reason: 'not_listed', confirmed: true }]);
  expect(await lab.findings()).toMatchObject([
    {
      rule: 'bars_outside_listing',
      evidence: { count: old.length, first: '2009-05-18', last: '2009-06-01' },
    },
  ]);
  expect((await lab.events(runId)).filter(({ level }) => level === 'warn')).toMatchObject([{ symbol: 'GM' }]);
});

test('two bearers of a ticker each get a load and their own bars', async () => {
  const lab = await marketOf([newBearer, oldBearer], [...old, ...young]);
  const { runId } = await lab.run('polygon-historical-backfill', range);
  expect(await lab.loads(runId)).toMatchObject([
    { symbol: 'GM', status: 'success' },
    { symbol: 'GM', status: 'success' },
  ]);
  expect(await lab.rows(barsByBearer)).toEqual([ofOld, ofNew]);
  expect(await lab.rows(before)).toEqual([{ reason: 'not_listed', confirmed: true }]);
  const again = await lab.run('polygon-historical-backfill', range);
  expect(again.summary).toMatchObject({ totalSymbols: 2, successful: 2, requests: 0 });
});

test('a run within the life of the old bearer alone stores nothing under the new one', async () => {
  const lab = await marketOf([unlistedBearer, oldBearer], [...old, ...young]);
  await lab.run('polygon-historical-backfill', { ...range, endDate: '2009-06-01' });
  expect(await lab.rows(barsByBearer)).toEqual([ofOld]);
});

test('market days give each bearer of a ticker the sessions of its own time', async () => {
  const fillers = Array.from({ length: 14 }, (_, place) => `F${String.fromCharCode(65 + place)}`);
  const days = { startDate: '2010-11-10', endDate: '2010-11-24' };
  const left = { ...oldBearer, delisted_utc: '2010-11-15T04:00:00Z' };
  const rows = [...rowsOf('2010-11-10', '2010-11-15', () => quiet(0.75)), ...young];
  const lab = await scriptedCase({
    now,
    polygon: {
      tickers: [newBearer, left, ...fillers.map((name) => ticker(name, { list_date: '1990-01-02' }))],
      bars: {
        GM: rows,
        ...Object.fromEntries(
          fillers.map((name) => [name, rowsOf('2010-11-10', '2010-11-24', () => quiet(20))]),
        ),
      },
    },
  });
  const { runId } = await lab.run('polygon-historical-backfill', days);
  expect((await lab.loads(runId)).filter(({ symbol }) => symbol === 'GM')).toHaveLength(2);
  expect(lab.log.some((path) => path.startsWith('/v2/aggs/grouped'))).toBe(true);
  const found = await lab.rows<{ count: number; first: string }>(
    barsByBearer.replace('group by', "where i.symbol = 'GM' group by"),
  );
  expect(found).toMatchObject([
    { active: false, count: 4, first: '2010-11-10', last: '2010-11-15' },
    { active: true, count: 5, first: '2010-11-18', last: '2010-11-24' },
  ]);
});

test('without any listing date, bars before a pause of more than a year at another price are left out', async () => {
  const { composite_figi: _figi, ...nameless } = unlistedBearer;
  const lab = await marketOf([nameless], [...old, ...young]);
  const { summary } = await lab.run('polygon-historical-backfill', { ...range, symbols: ['GM'] });
  expect(summary).toMatchObject({ partial: 1, totalRecords: young.length });
  expect(await lab.rows(barsByBearer)).toEqual([ofNew]);
  expect(await lab.findings()).toMatchObject([{ rule: 'bars_outside_listing' }]);
  lab.market.now = '2010-12-16T22:00:00Z';
  const second = await lab.run('polygon-historical-backfill', { ...range, symbols: ['GM'] });
  expect(second.summary).toMatchObject({ successful: 1, totalRecords: 0 });
  expect(await lab.rows(before)).toEqual([{ reason: 'not_listed', confirmed: true }]);
});

test('a pause of more than a year at the same price is the same company', async () => {
  const lab = await marketOf(
    [unlistedBearer],
    [...rowsOf('2009-05-18', '2009-06-01', () => quiet(33)), ...young],
  );
  await lab.run('polygon-historical-backfill', { ...range, symbols: ['GM'] });
  expect(await lab.rows(barsByBearer)).toMatchObject([{ count: old.length + young.length }]);
});

test('bars after a delisting are not those of who left', async () => {
  const lab = await marketOf([oldBearer], [...old, ...young]);
  await lab.run('polygon-historical-backfill', { ...range, symbols: ['GM'] });
  expect(await lab.rows(barsByBearer)).toEqual([ofOld]);
  expect(await lab.findings()).toMatchObject([
    { rule: 'bars_outside_listing', evidence: { count: young.length } },
  ]);
});

test('the other source keeps to the listing as well', async () => {
  const lab = await scriptedCase({
    now,
    polygon: { tickers: [newBearer], bars: {} },
    charts: { GM: chartOf('GM', [...old, ...young], { meta: { firstTradeDate: 1290090600 } }) },
  });
  await lab.run('yahoo-market-data-hourly', { interval: '1d', symbols: ['GM'], daysBack: 700 });
  expect(await lab.rows(barsByBearer)).toEqual([ofNew]);
  expect(await lab.findings()).toMatchObject([{ rule: 'bars_outside_listing' }]);
});
