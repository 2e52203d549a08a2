import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TickerTerm } from '../../src/domain/ticker-term.ts';
import { knownTickers } from '../../src/store/known-tickers.ts';
import { writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;

beforeEach(async () => {
  store = await freshDatabase();
});
afterEach(() => store.close());

interface Entered {
  readonly figi?: string;
  readonly cik?: string;
  readonly delistedOn?: string;
}

/** Active unless it is delisted. Returns its id. */
async function enter(symbol: string, { figi, cik, delistedOn }: Entered = {}): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into market.instruments (symbol, type, figi, cik, active, delisted_on, told_by)
    values (${symbol}, 'CS', ${figi ?? null}, ${cik ?? null}, ${delistedOn === undefined}, ${delistedOn ?? null}::date, 'polygon')
    returning id`.execute(store.db);
  return rows[0]?.id ?? NaN;
}

function term(instrumentId: number, ticker: string, from: string, to: string | null): TickerTerm {
  return { instrumentId, ticker, from, to, evidence: 'figi', fromBy: 'list', toBy: 'list' };
}

async function write(...terms: readonly TickerTerm[]): Promise<void> {
  await transaction(store, (tx) => writeTerms(tx, 'polygon', terms, { runId: null, reason: null }));
}

/** Nobody is known to have borne a ticker on all of these days. */
const ever = { from: '1990-01-01', to: '2035-12-31' };

test('the terms of an instrument come with those of all others that bore its tickers', async () => {
  const [renamed, heir, other] = [await enter('NEW'), await enter('OLD'), await enter('ELSE')];
  const terms = [
    term(renamed, 'OLD', '2022-01-31', '2023-03-14'),
    term(renamed, 'NEW', '2023-03-15', null),
    term(heir, 'OLD', '2023-05-08', null),
    term(other, 'ELSE', '2022-01-31', null),
  ];
  await write(...terms);
  await sql`insert into market.dated_lists (source, list_date, tickers, refused)
    values ('polygon', '2021-12-31', 0, true), ('polygon', '2022-01-31', 3, false)`.execute(store.db);
  const known = await knownTickers(store.db, 'polygon', [renamed], ever);
  expect(known.since).toBe('2022-01-31');
  const told = known.terms.map(({ instrumentId, ticker, from, to }) => [instrumentId, ticker, from, to]);
  expect(told).toEqual([
    [renamed, 'NEW', '2023-03-15', null],
    [renamed, 'OLD', '2022-01-31', '2023-03-14'],
    [heir, 'OLD', '2023-05-08', null],
  ]);
  const of = async (id: number, from: string, to: string) =>
    (await knownTickers(store.db, 'polygon', [id], { from, to })).terms.length;
  expect(await of(renamed, '2023-03-15', '2023-06-30')).toBe(0);
  expect(await of(renamed, '2023-03-14', '2023-06-30')).toBe(3);
  expect(await of(other, '2022-01-30', '2023-06-30')).toBe(1);
  const { terms: ofHeir } = await knownTickers(store.db, 'polygon', [heir], ever);
  expect(ofHeir.map(({ instrumentId }) => instrumentId)).toEqual([renamed, heir]);
  expect(await knownTickers(store.db, 'yahoo', [renamed], ever)).toEqual({
    terms: [],
    since: null,
    throughout: new Set(),
  });
});

test('who has been delisted since the lists were read bears its ticker no longer', async () => {
  const gone = await enter('T', { delistedOn: '2024-02-15' });
  await write(term(gone, 'T', '2022-01-31', null));
  expect((await knownTickers(store.db, 'polygon', [gone], ever)).terms).toMatchObject([{ to: '2024-02-15' }]);
});

test('who bore a ticker before all lists is known by the day on which it was delisted', async () => {
  await enter('T', { figi: 'A', delistedOn: '2021-11-05' });
  const now = await enter('T', { figi: 'B' });
  await enter('T', { figi: 'B', delistedOn: '2021-12-10' });
  await enter('T', { figi: 'C', delistedOn: '2023-06-30' });
  await write(term(now, 'T', '2022-01-31', null));
  const { terms } = await knownTickers(store.db, 'polygon', [now], ever);
  expect(terms).toMatchObject([{ instrumentId: now, goneBefore: '2021-11-05' }]);
});
