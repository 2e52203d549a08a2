import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TickerTerm } from '../../src/domain/ticker-term.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { bearersOn, readTerms, writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let ids: readonly number[];

beforeAll(async () => {
  store = await freshDatabase();
  const known = { name: null, type: 'CS', exchange: 'XNYS', figi: null, cik: null, currency: 'USD' };
  const listed = { ...known, active: true, listedOn: null, delistedOn: null };
  await transaction(store, (tx) =>
    saveInstruments(
      tx,
      ['CPK', 'CpK', 'META'].map((symbol) => ({ ...listed, symbol })),
    ),
  );
  const { rows } = await sql<{
    id: number;
  }>`select id from market.instruments order by symbol collate "C"`.execute(store.db);
  ids = rows.map(({ id }) => id);
});
afterAll(() => store.close());
beforeEach(() => sql`delete from market.symbol_history`.execute(store.db));

const term = (at: number, over: Partial<TickerTerm>): TickerTerm => ({
  ...{ instrumentId: ids[at] ?? 0, ticker: 'FB', from: '2012-05-18', to: null },
  ...{ evidence: 'figi', fromBy: 'list', toBy: 'list', ...over },
});
const author = { runId: null, reason: null };
const write = (...terms: readonly TickerTerm[]) =>
  transaction(store, (tx) => writeTerms(tx, 'polygon', terms, author));

test('terms are read as they were written, and written twice they stay', async () => {
  const terms = [
    term(2, { to: '2022-06-08', toBy: 'bars' }),
    term(2, { ticker: 'META', from: '2022-06-09', fromBy: 'bars' }),
    term(0, { ticker: 'META', from: '2021-06-30', to: '2022-01-28', evidence: 'cik' }),
  ];
  expect(await write(...terms)).toBe(3);
  expect(new Set(await readTerms(store.db, 'polygon'))).toEqual(new Set(terms));
  expect(await write(...terms)).toBe(0);
  expect(await readTerms(store.db, 'yahoo')).toEqual([]);
  expect(await bearersOn(store.db, 'polygon', '2022-06-08')).toEqual(new Map([['FB', ids[2]]]));
  expect(await bearersOn(store.db, 'polygon', '2022-01-28')).toEqual(
    new Map([
      ['FB', ids[2]],
      ['META', ids[0]],
    ]),
  );
});

test('what is replaced is kept as what was known until then', async () => {
  await write(term(2, {}));
  expect(await write(term(2, { to: '2022-06-08' }))).toBe(2);
  const { rows } = await sql<{ to: string | null; met: boolean }>`
    select upper(borne) - 1 as to, known_until is not distinct from lead(known_from) over (order by known_from) as met
    from market.symbol_history order by known_from`.execute(store.db);
  expect(rows).toEqual([
    { to: null, met: true },
    { to: '2022-06-08', met: true },
  ]);
});

test('what was written and replaced at once was never known', async () => {
  await transaction(store, async (tx) => {
    await writeTerms(tx, 'polygon', [term(2, {})], author);
    await writeTerms(tx, 'polygon', [term(2, { to: '2022-06-08' })], author);
  });
  const { rows } = await sql`select from market.symbol_history`.execute(store.db);
  expect(rows).toHaveLength(1);
});

test('no ticker is of two instruments on a day, no instrument has two, and case tells tickers apart', async () => {
  const both = [term(0, { ticker: 'CPK' }), term(1, { ticker: 'CpK' })];
  await write(...both);
  await expect(write(term(0, {}), term(1, {}))).rejects.toThrow('one_bearer_a_day');
  await expect(write(term(0, {}), term(0, { ticker: 'META' }))).rejects.toThrow('one_ticker_a_day');
  expect(await readTerms(store.db, 'polygon')).toEqual(both);
});
