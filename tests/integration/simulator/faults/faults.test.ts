import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { FaultScript } from '../../../../src/simulator/faults/fault-script.ts';
import {
  marketDay,
  runningMarket,
  series,
  type BarsBody,
  type Row,
  type TickersBody,
} from '../../../support/running-market.ts';

type Fault = FaultScript[number]['fault'];
const week = series('AAPL', '2024-03-04', '2024-03-08');
const day = marketDay('2024-03-05');
const marketWith = (...faults: readonly Fault[]) =>
  runningMarket({ faults: faults.map((fault) => ({ fault })) });

describe('answers in place of the honest one', () => {
  test.each([
    [{ kind: 'status', status: 429 }, 429, null, /exceeded the maximum requests per minute/],
    [{ kind: 'status', status: 429, retryAfterSeconds: 7 }, 429, '7', /exceeded/],
    [{ kind: 'status', status: 503 }, 503, null, /"status":"ERROR"/],
    [{ kind: 'status', status: 401 }, 401, null, /Unknown API Key/],
    [{ kind: 'status', status: 403 }, 403, null, /plan doesn't include this data timeframe/],
    [{ kind: 'status', status: 404 }, 404, null, /NOT_FOUND/],
    [{ kind: 'status', status: 429, body: '' }, 429, null, /^$/],
    [{ kind: 'status', status: 403, body: { message: 'own' } }, 403, null, /^{"message":"own"}$/],
    [{ kind: 'notYet' }, 403, null, /"NOT_AUTHORIZED".*data timeframe/],
    [{ kind: 'html' }, 502, null, /^<html>/],
    [{ kind: 'html', status: 200 }, 200, null, /^<html>/],
  ] as const)('%j', async (fault, status, retryAfter, text) => {
    const { request } = await marketWith(fault);
    const response = await request(week);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(await response.text()).toMatch(text);
  });

  test('a random mix of probability 1 leaves no answer whole', async () => {
    const { request } = await marketWith({
      kind: 'random',
      probability: 1,
      faults: [{ kind: 'status', status: 500 }],
    });
    expect((await request(week)).status).toBe(500);
  });
});

describe('bad sending', () => {
  test('slow: another request is answered meanwhile, and leaving or closing ends the wait', async () => {
    const { request, simulator } = await runningMarket({
      faults: [{ match: { symbol: 'AAPL' }, fault: { kind: 'slow', ms: 3_600_000 } }],
    });
    const left = new AbortController();
    let answered = false;
    const slow = request(week, { signal: left.signal }).then(() => (answered = true));
    const abandoned = request(week);
    const rejected = Promise.all([expect(slow).rejects.toThrow(), expect(abandoned).rejects.toThrow()]);
    expect((await request(series('MSFT', '2024-03-04', '2024-03-08'))).status).toBe(200);
    expect(answered).toBe(false);
    left.abort();
    await simulator.close();
    await rejected;
  });

  test('slow: the answer is whole in the end', async () => {
    const { get } = await marketWith({ kind: 'slow', ms: 1 });
    expect(await get(week)).toMatchObject({ resultsCount: 5 });
  });

  test('drip: the body comes in pieces and is whole in the end', async () => {
    const { simulator } = await marketWith({ kind: 'drip', chunkBytes: 100, everyMs: 1 });
    const sent = httpGet(simulator.url + week, { headers: { authorization: 'Bearer key' } });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    expect(pieces[0]?.length).toBeLessThan(body.length);
    expect(JSON.parse(body.toString())).toMatchObject({ resultsCount: 5 });
  });

  test.each([{ kind: 'cut' }, { kind: 'cut', afterBytes: 0 }, { kind: 'cut', afterBytes: 10 }] as const)(
    '%j: the head comes, the body breaks off',
    async (fault) => {
      const { request } = await marketWith(fault);
      const response = await request(day);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    },
  );
});

describe('rows', () => {
  const rowsOf = ({ results = [] }: BarsBody) => results;
  const sessionsOf = (rows: readonly Row[]) => rows.map(({ t }) => t);

  test('come twice', async () => {
    const { get } = await marketWith({ kind: 'duplicateRows' });
    const body = await get(week);
    expect(body).toMatchObject({ resultsCount: 10, queryCount: 10, count: 10 });
    expect(new Set(sessionsOf(rowsOf(body))).size).toBe(5);
  });

  test('of one symbol come twice in a market day', async () => {
    const { get } = await runningMarket({
      faults: [{ match: { symbol: 'SPY' }, fault: { kind: 'duplicateRows' } }],
    });
    const rows = rowsOf(await get(day));
    expect(rows.filter(({ T }) => T === 'SPY')).toHaveLength(2);
    expect(rows.filter(({ T }) => T === 'AAPL')).toHaveLength(1);
  });

  test('contradict each other on one session', async () => {
    const match = { session: '2024-03-06' };
    const { get } = await runningMarket({ faults: [{ match, fault: { kind: 'conflictingRows' } }] });
    const rows = rowsOf(await get(week));
    expect(rows).toHaveLength(6);
    expect(rows[2]?.t).toBe(rows[3]?.t);
    expect(rows[2]?.c).not.toBe(rows[3]?.c);
  });

  test('have a field of the wrong kind', async () => {
    const { get, simulator } = await marketWith({ kind: 'malformed' });
    expect(rowsOf(await get(week))[0]).toMatchObject({ c: 'not a number' });
    simulator.setFaults([
      { match: { symbol: 'SPY' }, fault: { kind: 'malformed', field: 'h', value: null } },
    ]);
    expect(rowsOf(await get(day)).find(({ T }) => T === 'SPY')).toMatchObject({ h: null });
    simulator.setFaults([{ fault: { kind: 'malformed', field: 'results', value: {} } }]);
    expect(await get(week)).toMatchObject({ results: {} });
    simulator.setFaults([{ fault: { kind: 'malformed', value: 7 } }]);
    expect(await get<TickersBody>('/v3/reference/tickers?limit=2')).toMatchObject({
      results: [{ ticker: 7 }, {}],
    });
    expect(await get<TickersBody>('/v3/reference/tickers/SPY')).toMatchObject({ results: { ticker: 7 } });
  });

  test('are those of another ticker', async () => {
    const { get } = await marketWith({ kind: 'wrongTicker', ticker: 'AAPX' });
    expect(await get(week)).toMatchObject({ ticker: 'AAPX' });
    expect(rowsOf(await get(day))[0]).toMatchObject({ T: 'AAPX' });
    expect(await get('/v3/reference/tickers/SPY')).toMatchObject({ results: { ticker: 'AAPX' } });
  });

  test('of a market day are fewer', async () => {
    const { get, simulator } = await runningMarket();
    const whole = rowsOf(await get(day));
    simulator.setFaults([{ fault: { kind: 'shortMarketDay', fraction: 0.9, without: ['AAPL', 'SPY'] } }]);
    const short = await get(day);
    expect(short.resultsCount).toBe(rowsOf(short).length);
    expect(short.resultsCount).toBeGreaterThanOrEqual(Math.floor(whole.length * 0.9) - 2);
    expect(short.resultsCount).toBeLessThanOrEqual(Math.floor(whole.length * 0.9));
    expect(rowsOf(short).some(({ T }) => T === 'AAPL' || T === 'SPY')).toBe(false);
    simulator.setFaults([{ fault: { kind: 'shortMarketDay', fraction: 0 } }]);
    expect(await get(day)).not.toHaveProperty('results');
  });

  test('of one bar change, and stay changed at both endpoints', async () => {
    const fault = { kind: 'changedBar', session: '2024-03-05', factor: 1.5 } as const;
    const { get } = await runningMarket({ faults: [{ match: { symbol: 'AAPL' }, after: 1, fault }] });
    const before = rowsOf(await get(week));
    const after = rowsOf(await get(week));
    expect(after[1]?.c).toBeCloseTo((before[1]?.c ?? 0) * 1.5, 3);
    expect(after.toSpliced(1, 1)).toEqual(before.toSpliced(1, 1));
    expect(rowsOf(await get(week))).toEqual(after);
    const rows = rowsOf(await get(day));
    expect(rows.find(({ T }) => T === 'AAPL')?.c).toBe(after[1]?.c);
    expect(rows.find(({ T }) => T === 'MSFT')?.c).toBe(
      rowsOf(await get(series('MSFT', '2024-03-05', '2024-03-05')))[0]?.c,
    );
  });
});

describe('pages', () => {
  const first = `${week}?limit=2&adjusted=false`;

  test.each([first, '/v3/reference/tickers?limit=5'])('lead to themselves: %s', async (path) => {
    const { get, simulator } = await marketWith({ kind: 'loopingPages' });
    expect((await get(path)).next_url).toBe(simulator.url + path);
  });

  test.each([first, '/v3/reference/tickers?limit=5'])('never end: %s', async (path) => {
    const { get } = await marketWith({ kind: 'endlessPages' });
    const seen = new Set<string>();
    for (let next = path; seen.size < 5;) {
      const page = await get<{ next_url: string; results: readonly unknown[] }>(next);
      expect(page.results).toHaveLength(path === first ? 2 : 5);
      expect(seen).not.toContain(page.next_url);
      seen.add(page.next_url);
      next = page.next_url;
    }
  });

  test('that never end keep the options of the first', async () => {
    const { get } = await marketWith({ kind: 'endlessPages' });
    const { next_url: next = '' } = await get(first);
    expect(await get(next)).toMatchObject({ adjusted: false, resultsCount: 2 });
  });

  test('lead to another host', async () => {
    const { get } = await marketWith({ kind: 'foreignPages' });
    expect(new URL((await get(first)).next_url ?? '').origin).toBe('http://other-host.invalid');
  });
});
