import { describe, expect, test } from 'vitest';
import {
  marketDay,
  pagesFrom,
  runningMarket,
  source,
  type TickersBody,
} from '../../../support/running-market.ts';

const list = '/v3/reference/tickers';
const symbolsOf = (pages: readonly TickersBody[]) =>
  pages.flatMap(({ results }) => results.map(({ ticker }) => ticker));
const gone = source.instruments.find(({ delistedOn }) => delistedOn !== null && delistedOn < '2024-01-01');
const late = source.instruments.find(({ listedOn }) => listedOn !== null && listedOn > '2024-07-10');

describe('the list of tickers', () => {
  test('pages cover every active instrument once, sorted', async () => {
    const { get } = await runningMarket();
    const pages = await pagesFrom(get<TickersBody>, `${list}?market=stocks&limit=30`);
    const expected = source.instruments.filter(
      ({ listedOn, delistedOn }) => (listedOn ?? '') <= '2024-07-10' && (delistedOn ?? '9') >= '2024-07-10',
    );
    expect(symbolsOf(pages)).toEqual(expected.map(({ symbol }) => symbol));
    expect(pages.every(({ count, results }) => count === results.length && count <= 30)).toBe(true);
    expect(symbolsOf(pages)).not.toContain(gone?.symbol);
    expect(symbolsOf(pages)).not.toContain(late?.symbol);
  });

  test('active=false gives the delisted ones, with the date', async () => {
    const { get } = await runningMarket();
    const pages = await pagesFrom(get<TickersBody>, `${list}?active=false&limit=3`);
    expect(symbolsOf(pages)).toContain(gone?.symbol);
    for (const { results } of pages) {
      for (const entry of results) {
        expect(entry).toMatchObject({
          active: false,
          delisted_utc: expect.stringMatching(/T00:00:00Z$/) as string,
        });
      }
    }
  });

  test('as of a date has what was listed then, to the last day of trading', async () => {
    const { get } = await runningMarket();
    const asOf = async (date: string | null | undefined) =>
      symbolsOf(await pagesFrom(get<TickersBody>, `${list}?date=${date}&limit=1000`));
    expect(await asOf(gone?.delistedOn)).toContain(gone?.symbol);
    expect(await asOf('2024-01-02')).not.toContain(gone?.symbol);
    expect(await asOf(late?.listedOn)).toContain(late?.symbol);
  });

  test('filters by ticker, letter for letter, and by market', async () => {
    const { get } = await runningMarket();
    const found = async (query: string) => symbolsOf([await get<TickersBody>(`${list}?${query}`)]);
    expect(await found('ticker=CpK')).toEqual(['CpK']);
    expect(await found('ticker=cpk')).toEqual([]);
    expect(await found('market=crypto')).toEqual([]);
    expect(await found('type=PFD')).toEqual(['BACpK', 'CpK', 'KIMpL']);
  });

  test('an entry has the fields of the provider', async () => {
    const { get } = await runningMarket();
    const { results } = await get<TickersBody>(`${list}?ticker=AAPL`);
    expect(results).toEqual([
      {
        ticker: 'AAPL',
        name: 'Apple Inc.',
        market: 'stocks',
        locale: 'us',
        primary_exchange: 'XNAS',
        type: 'CS',
        active: true,
        currency_name: 'usd',
        cik: expect.stringMatching(/^\d{10}$/) as string,
        composite_figi: expect.stringMatching(/^BBG[0-9A-Z]{9}$/) as string,
        last_updated_utc: '2024-07-10T00:00:00Z',
      },
    ]);
  });

  test.each(['limit=1001', 'active=yes', 'date=2024-13-01', 'search=apple'])(
    '%s is refused',
    async (query) => {
      const { request } = await runningMarket();
      expect((await request(`${list}?${query}`)).status).toBe(400);
    },
  );
});

describe('the detail of a ticker', () => {
  test('has the listing date', async () => {
    const { get } = await runningMarket();
    const body = await get<{ status: string; results: Record<string, unknown> }>(`${list}/BRK.B`);
    expect(body.status).toBe('OK');
    expect(body.results).toMatchObject({
      ticker: 'BRK.B',
      ticker_root: 'BRK',
      active: true,
      list_date: '1996-05-09',
    });
  });

  test.each(['NOSUCH', 'aapl', gone?.symbol ?? '', late?.symbol ?? ''])(
    'of %s, unknown or not listed, is not found',
    async (symbol) => {
      const { request } = await runningMarket();
      const response = await request(`${list}/${symbol}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        status: 'NOT_FOUND',
        request_id: expect.any(String) as string,
        message: 'Ticker not found.',
      });
    },
  );

  test('a delisted one has no bar in later market days', async () => {
    const { get } = await runningMarket();
    const rows = (await get(marketDay('2024-07-10'))).results ?? [];
    expect(rows.some(({ T }) => T === gone?.symbol)).toBe(false);
  });
});
