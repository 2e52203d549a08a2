import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failureOf } from '../../support/failure.ts';
import { fixturesFolder, hasFixtures, readFixture } from '../../support/fixtures.ts';
import { polygonAnswering } from '../../support/polygon-replies.ts';
import { json, text } from '../../support/local-server.ts';

interface SeriesCase {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly sessions: readonly string[];
  readonly outside?: number;
}

/** Recorded daily bars, one symbol a file; all of them are adjusted. */
const seriesFiles: Readonly<Record<string, SeriesCase>> = {
  'cp__v2__aggs__ticker__AAPL__range__1__day__2005-04-01__2005-04-04.json': {
    symbol: 'AAPL',
    from: '2005-04-01',
    to: '2005-04-04',
    sessions: ['2005-04-01', '2005-04-04'],
  },
  'oas__v2__aggs__ticker__stocksTicker__range__multiplier__timespan__from__to.json': {
    symbol: 'AAPL',
    from: '2020-01-01',
    to: '2020-01-10',
    sessions: ['2020-01-02', '2020-01-03'],
  },
  'obb__aapl_asc.json': {
    symbol: 'AAPL',
    from: '2023-01-01',
    to: '2023-01-10',
    sessions: ['2023-01-03', '2023-01-04', '2023-01-05', '2023-01-06', '2023-01-09', '2023-01-10'],
  },
  // No stock: its day begins at midnight in UTC, which is the evening before in New York.
  'obb__eurusd.json': {
    symbol: 'C:EURUSD',
    from: '2023-01-01',
    to: '2023-01-09',
    sessions: Array.from({ length: 9 }, (_, day) => `2023-01-0${day + 1}`),
    outside: 1,
  },
};

/** Symbols of the samples of a whole market day, which is 2020-10-14 in both, whatever the name says. */
const marketDayFiles: Readonly<Record<string, readonly string[]>> = {
  'cp__v2__aggs__grouped__locale__us__market__stocks__2005-04-04&adjusted=true.json': ['GIK'],
  'oas__v2__aggs__grouped__locale__us__market__stocks__date.json': ['KIMpL', 'TANH', 'VSAT'],
};

const listFiles: Readonly<Record<string, { readonly symbols: readonly string[]; readonly more: boolean }>> = {
  'cp__v3__reference__tickers.json': { symbols: ['A', 'AA'], more: true },
  'cp__v3__reference__tickers&cursor.json': { symbols: ['AAA', 'AAAU'], more: false },
  'oas__v3__reference__tickers.json': { symbols: ['A'], more: true },
};

const detailFiles = ['cp__v3__reference__tickers__AAPL.json', 'oas__v3__reference__tickers__ticker.json'];

const quotedFiles = ['reported-error-bodies.json', 'reported-quirks.json'];

/** Endpoints that we do not use, and a list of schemas that is no answer. */
const notUsed = [
  'cp__v1__indicators__ema__AAPL&window=5&adjusted=false&timestamp.lte=1478393873000&timestamp.gte=1477972800000.json',
  'cp__v1__indicators__sma__AAPL&window=30&timespan=quarter&timestamp=1483958600&expand_underlying=true.json',
  'cp__v1__marketstatus__now.json',
  'cp__v1__marketstatus__upcoming.json',
  'cp__v1__open-close__AAPL__2005-04-01&adjusted=true.json',
  'cp__v2__aggs__ticker__AAPL__prev.json',
  'cp__v2__snapshot__locale__us__markets__stocks__tickers__AAPL.json',
  'cp__v2__snapshot__locale__us__markets__stocks__tickers__index.json',
  'cp__v3__reference__dividends.json',
  'cp__v3__reference__exchanges.json',
  'cp__v3__reference__splits.json',
  'cp__v3__reference__tickers__types.json',
  'cp__v3__trades__AAPL&limit=2.json',
  'oas__documented-error-schemas.json',
  'oas__stocks__financials__v1__ratios.json',
  'oas__stocks__v1__dividends.json',
  'oas__stocks__v1__exchanges.json',
  'oas__stocks__v1__splits.json',
  'oas__v1__indicators__rsi__stockTicker.json',
  'oas__v1__indicators__sma__stockTicker.json',
  'oas__v1__marketstatus__now.json',
  'oas__v1__marketstatus__upcoming.json',
  'oas__v1__open-close__stocksTicker__date.json',
  'oas__v2__aggs__ticker__stocksTicker__prev.json',
  'oas__v2__snapshot__locale__us__markets__stocks__tickers__stocksTicker.json',
  'oas__v3__reference__splits.json',
];

const read = (file: string): unknown => JSON.parse(readFixture(`polygon/${file}`));

const recording = z.object({ response: z.object({ bodyJson: z.record(z.string(), z.unknown()) }) });

/** The body of an answer: some files wrap it together with its request. */
function bodyOf(file: string): Record<string, unknown> {
  const content = read(file);
  const wrapped = recording.safeParse(content);
  return wrapped.success ? wrapped.data.response.bodyJson : z.record(z.string(), z.unknown()).parse(content);
}

/** The same answer as we would have got it: raw prices, one page. */
function rawBodyOf(file: string): Record<string, unknown> {
  const { next_url: _, ...body } = bodyOf(file);
  return { ...body, adjusted: false };
}

const errorBodies = z.array(z.object({ status: z.number(), body: z.string() }));
const quirks = z.array(z.object({ name: z.string(), results: z.array(z.unknown()) }));

function quirk(name: string): readonly unknown[] {
  return quirks.parse(read('reported-quirks.json')).find((entry) => entry.name === name)?.results ?? [];
}

describe.skipIf(!hasFixtures)('the fixtures of Polygon (skipped where ../shared/fixtures is absent)', () => {
  test('every file has its outcome here', () => {
    const listed = [seriesFiles, marketDayFiles, listFiles].flatMap((files) => Object.keys(files));
    const files = readdirSync(`${fixturesFolder}polygon`).filter((file) => file.endsWith('.json'));
    expect([...listed, ...detailFiles, ...quotedFiles, ...notUsed].sort()).toEqual(files.sort());
  });

  describe.each(Object.entries(seriesFiles))('%s', (file, { symbol, from, to, sessions, outside = 0 }) => {
    test('is refused as recorded: its prices are adjusted', async () => {
      const { polygon } = await polygonAnswering(json(bodyOf(file)));
      await expect(polygon.series(symbol, { interval: '1d', range: { from, to } })).rejects.toMatchObject({
        name: 'MalformedResponse',
      });
    });

    test('has the sessions of New York', async () => {
      const { polygon, server } = await polygonAnswering(json(rawBodyOf(file)));
      const answer = await polygon.series(symbol, { interval: '1d', range: { from, to } });
      expect(answer.bars.map(({ session }) => session)).toEqual(sessions);
      expect(answer).toMatchObject({ symbol, requests: 1, conflicts: [], outside });
      expect(server.seen).toHaveLength(1);
    });
  });

  test('the values of a recorded row are the values of its bar', async () => {
    const { polygon } = await polygonAnswering(json(rawBodyOf('obb__aapl_asc.json')));
    const { bars } = await polygon.series('AAPL', {
      interval: '1d',
      range: { from: '2023-01-03', to: '2023-01-03' },
    });
    expect(bars).toEqual([
      {
        session: '2023-01-03',
        open: 130.28,
        high: 130.9,
        low: 124.17,
        close: 125.07,
        volume: 112117471,
        vwap: 125.725,
        trades: 1021065,
      },
    ]);
  });

  test('a documented next page at api.massive.com is not asked for with the key of another host', async () => {
    const file = 'oas__v2__aggs__ticker__stocksTicker__range__multiplier__timespan__from__to.json';
    const { polygon, server } = await polygonAnswering(json({ ...bodyOf(file), adjusted: false }));
    const failure = await failureOf(
      polygon.series('AAPL', { interval: '1d', range: { from: '2020-01-01', to: '2020-01-10' } }),
    );
    expect(failure).toMatchObject({
      name: 'BrokenPaging',
      message: 'the next page lies on another host, api.massive.com',
    });
    expect(server.seen).toHaveLength(1);
  });

  describe.each(Object.entries(marketDayFiles))('%s', (file, symbols) => {
    test('is refused as recorded: its prices are adjusted', async () => {
      const { polygon } = await polygonAnswering(json(bodyOf(file)));
      await expect(polygon.marketDay('2020-10-14')).rejects.toMatchObject({ name: 'MalformedResponse' });
    });

    test('belongs to 2020-10-14, at whose close its windows end', async () => {
      const { polygon } = await polygonAnswering(json(rawBodyOf(file)));
      const answer = await polygon.marketDay('2020-10-14');
      expect(answer.rows.map(({ symbol }) => symbol)).toEqual(symbols);
      expect(answer).toMatchObject({ session: '2020-10-14', requests: 1, conflicts: [], outside: 0 });
    });

    test.each(['2020-10-13', '2020-10-15'])('has no row for %s', async (session) => {
      const { polygon } = await polygonAnswering(json(rawBodyOf(file)));
      expect(await polygon.marketDay(session)).toMatchObject({ rows: [], outside: symbols.length });
    });
  });

  test.each(Object.entries(listFiles))('%s lists its tickers', async (file, { symbols, more }) => {
    const { polygon, server } = await polygonAnswering(json(bodyOf(file)));
    const page = await polygon.listInstruments({ active: true, next: null });
    expect(page.instruments.map(({ symbol }) => symbol)).toEqual(symbols);
    expect(page.next !== null).toBe(more);
    if (page.next !== null) {
      const following = polygon.listInstruments({ active: true, next: page.next });
      await expect(following).rejects.toMatchObject({ name: 'BrokenPaging' });
    }
    expect(server.seen).toHaveLength(1);
  });

  test.each(detailFiles)('%s is Apple', async (file) => {
    const { polygon } = await polygonAnswering(json(bodyOf(file)));
    expect(await polygon.lookUp('AAPL')).toEqual({
      symbol: 'AAPL',
      name: 'Apple Inc.',
      type: 'CS',
      exchange: 'XNAS',
      figi: 'BBG000B9XRY4',
      cik: '0000320193',
      currency: 'USD',
      active: true,
      listedOn: '1980-12-12',
      delistedOn: null,
    });
  });

  test('reported-error-bodies.json: each body becomes its error', async () => {
    const names: unknown[] = [];
    for (const { status, body } of errorBodies.parse(read('reported-error-bodies.json'))) {
      const { polygon } = await polygonAnswering(text(body, status, { 'content-type': 'application/json' }));
      const failure = await failureOf(
        polygon.series('AAPL', { interval: '1d', range: { from: '2019-01-01', to: '2019-12-31' } }),
      );
      names.push(failure instanceof Error ? `${status} ${failure.name}` : failure);
    }
    expect(names).toEqual([
      '429 RateLimited',
      '403 NotEntitled',
      '401 Unauthorized',
      '400 Unauthorized',
      '404 SymbolNotFound',
      // Says adjusted: true although it has no rows.
      '200 MalformedResponse',
    ]);
  });

  test('reported-error-bodies.json: results that are null are no rows', async () => {
    const entry = errorBodies.parse(read('reported-error-bodies.json')).find(({ status }) => status === 200);
    const body = (entry?.body ?? '').replace('"adjusted":true', '"adjusted":false');
    const { polygon } = await polygonAnswering(text(body));
    const answer = await polygon.series('AAPL', {
      interval: '1d',
      range: { from: '2019-01-01', to: '2019-12-31' },
    });
    expect(answer).toMatchObject({ bars: [], conflicts: [], outside: 0 });
  });

  test('reported-quirks.json: a ticker without FIGI is a ticker', async () => {
    const { polygon } = await polygonAnswering(json({ status: 'OK', results: quirk('axs_missing_figi') }));
    const { instruments } = await polygon.listInstruments({ active: true, next: null });
    expect(instruments).toMatchObject([{ symbol: 'AXS', figi: null, cik: '0001214816', listedOn: null }]);
  });

  test('reported-quirks.json: minute bars in place of a day are a conflict and no bar', async () => {
    const results = quirk('minute_aggs_tail');
    const { polygon } = await polygonAnswering(json({ status: 'OK', adjusted: false, results }));
    const answer = await polygon.series('AAPL', {
      interval: '1d',
      range: { from: '2019-12-12', to: '2019-12-12' },
    });
    expect(answer.bars).toEqual([]);
    expect(answer.conflicts).toMatchObject([{ symbol: 'AAPL', session: '2019-12-12' }]);
    expect(answer.conflicts[0]?.rows).toHaveLength(results.length);
  });
});
