import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { SyncOutcome } from '../../activities/reference.ts';
import { readUniverse, setListed } from '../../src/store/instruments.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { transaction } from '../../src/store/transaction.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const names = ['AAPL', 'BRK.B', 'GOOG', 'MSFT', 'SPY', 'WDAY', 'XOM', 'ZTS'];
const range = { from: '2024-05-20', to: '2024-05-31' };
const bars = Object.fromEntries(
  names.map((name, place) => [name, rowsOf('2024-05-01', '2024-06-28', () => quiet(100 + place))]),
);
const figiOf = (name: string) => `BBG${name.replace('.', '').padEnd(9, '0')}`;

type Fields = Readonly<Record<string, unknown>>;

/** A market whose instruments are known, one of them watched and one taken out. */
async function knownMarket(identify: (name: string) => Fields) {
  const tickers = names.map((name) => ticker(name, identify(name)));
  const charts = Object.fromEntries(names.map((name) => [name, chartOf(name, bars[name] ?? [])]));
  const lab = await scriptedCase({ now: '2024-06-03T02:00:00Z', polygon: { tickers, bars }, charts });
  const sync = () => lab.worker.execute<SyncOutcome>('syncUniverse', []);
  const states = () =>
    lab.rows<{ id: number; symbol: string; active: boolean; watched: boolean; excluded: boolean }>(
      'select id, symbol, active, watched, excluded from market.instruments order by symbol, id',
    );
  /** So many days pass by the keeper's own clock. */
  const later = (days: number) =>
    sql`update market.reference_syncs set completed_at = completed_at - ${days} * interval '1 day',
      doubted_at = doubted_at - ${days} * interval '1 day'`.execute(lab.store.db);
  await sync();
  await setListed(lab.store.db, 'watchlist', await lab.idOf('GOOG'), true);
  await setListed(lab.store.db, 'universe', await lab.idOf('XOM'), false);
  return { ...lab, tickers, sync, states, later };
}

const lastPage = (tickers: readonly Fields[]) => tickers.filter((one) => String(one.ticker) >= 'W');

test.each<[string, (tickers: readonly Fields[]) => readonly Fields[]]>([
  ['has only its last page', lastPage],
  ['lacks one name in eight', (tickers) => tickers.slice(1)],
  ['is empty', () => []],
])('a list that %s retires nobody, says so, and is read again', async (_, cut) => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name) }));
  const before = await lab.states();
  lab.market.polygon.tickers = cut(lab.tickers);
  expect(await lab.sync()).toMatchObject({ added: 0, retired: 0 });
  expect(await lab.states()).toEqual(before);
  expect(await lab.findings()).toMatchObject([{ rule: 'short_list_active', status: 'open' }]);
  lab.log.length = 0;
  const { runId, summary } = await lab.run('polygon-daily-ingestion', { daysBack: 1 });
  expect(lab.log.some((path) => path.startsWith('/v3/reference/tickers?'))).toBe(true);
  expect((await lab.events(runId)).some(({ message }) => message.includes('not believed'))).toBe(true);
  expect(summary.totalSymbols).toBe(names.length - 1);
  lab.market.polygon.tickers = lab.tickers;
  expect(await lab.sync()).toMatchObject({ added: 0, retired: 0 });
  expect(await lab.states()).toEqual(before);
  expect(new Set((await lab.findings()).map(({ status }) => status))).toEqual(new Set(['repaired']));
});

test('what was loaded before a short list is there after it, under the same id, and is not asked for again', async () => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name) }));
  const wish = { startDate: range.from, endDate: range.to, symbols: ['GOOG'] };
  await lab.run('polygon-historical-backfill', wish);
  lab.market.polygon.tickers = lastPage(lab.tickers);
  await lab.sync();
  lab.market.polygon.tickers = lab.tickers;
  await lab.sync();
  expect(await lab.bars('GOOG', range)).toHaveLength(9);
  const { summary } = await lab.run('polygon-historical-backfill', wish);
  expect(summary).toMatchObject({ requests: 0, changedRecords: 0 });
});

test.each<[string, (name: string) => Fields]>([
  ['its FIGI', (name) => ({ composite_figi: figiOf(name) })],
  ['its CIK, type and name', (name) => ({ cik: figiOf(name) })],
  ['its name alone, where nothing else is told', () => ({})],
])(
  'a market that does shrink is believed on the third day, and who comes back is the same by %s',
  async (_, identify) => {
    const lab = await knownMarket(identify);
    const before = await lab.states();
    lab.market.polygon.tickers = lastPage(lab.tickers);
    expect((await lab.sync()).retired).toBe(0);
    expect((await lab.sync()).retired).toBe(0);
    await lab.later(1);
    expect((await lab.sync()).retired).toBe(0);
    await lab.later(1);
    expect((await lab.sync()).retired).toBe(5);
    const watched = (await lab.states()).filter((one) => one.watched);
    expect(watched.map(({ symbol, active }) => [symbol, active])).toEqual([['GOOG', false]]);
    lab.market.polygon.tickers = lab.tickers;
    expect(await lab.sync()).toMatchObject({ added: 0, retired: 0 });
    expect(await lab.states()).toEqual(before);
  },
);

test('another company under the ticker of one that left is another instrument', async () => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name), cik: name }));
  const [first] = await lab.rows<{ id: number }>(`select id from market.instruments where symbol = 'GOOG'`);
  await lab.rows(`update market.instruments set active = false where symbol = 'GOOG'`);
  lab.market.polygon.tickers = lab.tickers.map((one) =>
    one.ticker === 'GOOG' ? { ...one, composite_figi: 'BBGOTHER0000', cik: 'other' } : one,
  );
  expect((await lab.sync()).added).toBe(1);
  expect(await lab.idOf('GOOG')).not.toBe(first?.id);
});

test('who is retired and later told to be delisted is one instrument, with its delisting', async () => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name) }));
  const many = Array.from({ length: 100 }, (_, place) =>
    ticker(`N${String.fromCharCode(65 + Math.floor(place / 26), 65 + (place % 26))}`),
  );
  lab.market.polygon.tickers = [...lab.tickers, ...many];
  await lab.sync();
  const before = await lab.states();
  lab.market.polygon.tickers = lab.market.polygon.tickers.map((one) =>
    one.ticker === 'ZTS' ? { ...one, active: false, delisted_utc: '2024-06-03T04:00:00Z' } : one,
  );
  expect(await lab.sync()).toMatchObject({ added: 0, retired: 1 });
  const after = await lab.states();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(await lab.rows(`select symbol, delisted_on from market.instruments where not active`)).toEqual([
    { symbol: 'ZTS', delisted_on: '2024-06-03' },
  ]);
});

test('a watched symbol stays watched, and is loaded from the source that has it, when the other does not list it', async () => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name) }));
  const many = Array.from({ length: 100 }, (_, place) =>
    ticker(`N${String.fromCharCode(65 + Math.floor(place / 26), 65 + (place % 26))}`),
  );
  lab.market.polygon.tickers = [...lab.tickers, ...many];
  await lab.sync();
  lab.market.polygon.tickers = [...lab.tickers.filter((one) => one.ticker !== 'GOOG'), ...many];
  expect(await lab.sync()).toMatchObject({ retired: 1 });
  lab.market.now = '2024-06-03T22:00:00Z';
  const { summary } = await lab.run('yahoo-market-data-hourly', { interval: '1d', daysBack: 3 });
  expect(summary).toMatchObject({ totalSymbols: 1, totalRecords: expect.any(Number) as number });
  expect(summary.totalRecords).toBeGreaterThan(0);
  lab.market.polygon.tickers = [...lab.tickers, ...many];
  await lab.sync();
  expect((await lab.states()).filter((one) => one.watched)).toMatchObject([{ symbol: 'GOOG', active: true }]);
});

test('what another source has told of stays listed when this one has never had it', async () => {
  const lab = await knownMarket((name) => ({ composite_figi: figiOf(name) }));
  const reference = { name: null, type: null, exchange: null, figi: null, cik: null, currency: 'USD' };
  const other = { ...reference, symbol: 'OTHER', active: true, listedOn: null, delistedOn: null };
  await transaction(lab.store, (tx) => saveInstruments(tx, [other], { source: 'yahoo' }));
  expect(await lab.sync()).toMatchObject({ retired: 0 });
  expect((await lab.states()).filter((one) => one.symbol === 'OTHER')).toMatchObject([{ active: true }]);
  const listed = await readUniverse(lab.store.db, null, 'polygon');
  expect(listed.map(({ symbol }) => symbol)).toEqual(names.filter((name) => name !== 'XOM'));
});
