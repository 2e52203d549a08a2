import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import { createPolygonProvider, type PolygonDeps } from '../../../src/providers/polygon/client.ts';
import { failureOf } from '../../support/failure.ts';
import { json, startLocalServer, text, type Reply } from '../../support/local-server.ts';
import {
  bar,
  january,
  key,
  polygonAnswering,
  polygonAt,
  row,
  seriesBody,
} from '../../support/polygon-replies.ts';

/** A page whose next one is that path of the same server; the host is known only from the request's answerer. */
function page(server: () => string, rows: readonly unknown[], nextPath: string | null): Reply {
  return (response, request) =>
    json(seriesBody(rows, nextPath === null ? {} : { next_url: `${server()}${nextPath}` }))(
      response,
      request,
    );
}

/** A server whose n-th page (from 0) has these rows and this path of the next page. */
async function paged(content: (n: number) => { rows: readonly unknown[]; next: string | null }) {
  let url = '';
  let n = 0;
  const server = await startLocalServer((response, request) => {
    const { rows, next } = content(n++);
    page(() => url, rows, next)(response, request);
  });
  url = server.url;
  return { server, polygon: polygonAt(server) };
}

test('several pages bring each bar once, every page asked for with the key', async () => {
  const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
  const { polygon, server } = await paged((n) => ({
    // Pages overlap by a row.
    rows: days.slice(n, n + 2).map((session) => row(session)),
    next: n < 2 ? `/next?cursor=${n}` : null,
  }));
  let counted = 0;
  const answer = await polygon.series(
    'AAPL',
    { interval: '1d', range: january },
    { onRequest: () => (counted += 1) },
  );
  expect(answer.bars).toEqual(days.map((session) => bar(session)));
  expect(answer).toMatchObject({ requests: 3, conflicts: [], outside: 0 });
  expect(counted).toBe(3);
  expect(server.seen.map(({ url }) => url).slice(1)).toEqual(['/next?cursor=0', '/next?cursor=1']);
  expect(new Set(server.seen.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${key}`]));
});

test('pages that come newest first give bars oldest first', async () => {
  const days = ['2024-01-05', '2024-01-04', '2024-01-03', '2024-01-02'];
  const { polygon } = await paged((n) => ({
    rows: days.slice(2 * n, 2 * n + 2).map((session) => row(session)),
    next: n < 1 ? '/next' : null,
  }));
  const { bars } = await polygon.series('AAPL', { interval: '1d', range: january });
  expect(bars.map(({ session }) => session)).toEqual([...days].reverse());
});

test('single empty pages in between are no end and no error', async () => {
  const pages = [[row('2024-01-02')], [], [row('2024-01-03')], [], [row('2024-01-04')]];
  const { polygon } = await paged((n) => ({ rows: pages[n] ?? [], next: n < 4 ? `/next/${n}` : null }));
  expect(await polygon.series('AAPL', { interval: '1d', range: january })).toMatchObject({
    bars: [{ session: '2024-01-02' }, { session: '2024-01-03' }, { session: '2024-01-04' }],
    requests: 5,
  });
});

test('rows that disagree across pages are a conflict', async () => {
  const { polygon } = await paged((n) => ({
    rows: [row('2024-01-02', { c: 11 + n })],
    next: n < 1 ? '/next' : null,
  }));
  expect(await polygon.series('AAPL', { interval: '1d', range: january })).toMatchObject({
    bars: [],
    conflicts: [{ session: '2024-01-02', rows: [{ close: 11 }, { close: 12 }] }],
  });
});

test('the answer is observed when its last page came', async () => {
  const server = await startLocalServer((response, request) => {
    const last = server.seen.length > 1;
    const body = seriesBody(
      [row(last ? '2024-01-03' : '2024-01-02')],
      last ? {} : { next_url: `${server.url}/2` },
    );
    json(body, 200, { date: `Wed, 10 Jul 2024 21:00:0${server.seen.length} GMT` })(response, request);
  });
  const { observedAt } = await polygonAt(server).series('AAPL', { interval: '1d', range: january });
  expect(observedAt).toBe('2024-07-10T21:00:02.000Z');
});

describe('paging is broken', () => {
  test('by pages with ever new addresses and the same rows, noticed at the third', async () => {
    const { polygon, server } = await paged((n) => ({
      rows: [row('2024-01-02')],
      next: `/next?cursor=${n}`,
    }));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'BrokenPaging',
      passing: false,
    });
    expect(server.seen).toHaveLength(3);
  });

  test('by a page that links to itself', async () => {
    const { polygon, server } = await paged((n) => ({
      rows: [row(addDays('2024-01-02', n))],
      next: '/v2/aggs/ticker/AAPL/range/1/day/2024-01-01/2024-01-31?adjusted=false&sort=asc&limit=50000',
    }));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
    expect(server.seen).toHaveLength(1);
  });

  test('by two pages that link to each other', async () => {
    const { polygon, server } = await paged((n) => ({
      rows: [row(addDays('2024-01-02', n))],
      next: `/next?cursor=${n % 2}`,
    }));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
    expect(server.seen).toHaveLength(3);
  });

  test('by new rows for ever, after a hundred pages', async () => {
    const { polygon, server } = await paged((n) => ({
      rows: [row(addDays('2010-01-01', n))],
      next: `/next?cursor=${n}`,
    }));
    let counted = 0;
    const options = { onRequest: () => (counted += 1) };
    const failure = await failureOf(
      polygon.series('AAPL', { interval: '1d', range: { from: '2010-01-01', to: '2024-12-31' } }, options),
    );
    expect(failure).toMatchObject({ name: 'BrokenPaging', message: 'page 101 is one too many' });
    expect(server.seen).toHaveLength(100);
    expect(counted).toBe(100);
  });

  test('by a next page on another host, which sees no request', async () => {
    const other = await startLocalServer(json(seriesBody([row('2024-01-03')])));
    const { polygon, server } = await polygonAnswering(
      json(seriesBody([row('2024-01-02')], { next_url: `${other.url}/next?cursor=1` })),
    );
    let counted = 0;
    const options = { onRequest: () => (counted += 1) };
    await expect(polygon.series('AAPL', { interval: '1d', range: january }, options)).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
    expect(counted).toBe(1);
    expect(server.seen).toHaveLength(1);
    expect(other.seen).toHaveLength(0);
  });

  test.each(['/next?cursor=1', 'next', '//', ''])('by %j, which is no URL', async (next_url) => {
    const { polygon } = await polygonAnswering(json(seriesBody([row('2024-01-02')], { next_url })));
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
  });

  test('by an address without a host', async () => {
    const { polygon } = await polygonAnswering(
      json(seriesBody([row('2024-01-02')], { next_url: 'data:application/json,{}' })),
    );
    await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
      name: 'BrokenPaging',
    });
  });
});

describe('a next page under the provider’s other name', () => {
  const second = row('2024-01-03');
  /** Answers without a network; tells the hosts that were asked, each with the key that it was sent. */
  function asked(next: (page: URL) => string | undefined) {
    const hosts: string[] = [];
    const fetch = (input: string | URL | Request, init: RequestInit = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      hosts.push(`${url.origin} ${new Headers(init.headers).get('authorization') ?? 'no key'}`);
      const rows = url.searchParams.has('cursor') ? [second] : [row('2024-01-02')];
      const next_url = next(url);
      return Promise.resolve(Response.json(seriesBody(rows, next_url === undefined ? {} : { next_url })));
    };
    return { hosts, fetch };
  }
  const ask = (baseUrl: string, deps: Partial<PolygonDeps>) =>
    createPolygonProvider({
      baseUrl,
      apiKey: 'k',
      beforeRequest: () => Promise.resolve(),
      ...deps,
    }).series('AAPL', { interval: '1d', range: january });
  const cursor = (origin: string) => (page: URL) =>
    page.searchParams.has('cursor') ? undefined : `${origin}/next?cursor=1`;

  test.each([
    ['https://api.polygon.io', 'https://api.massive.com'],
    ['https://api.massive.com', 'https://api.polygon.io'],
    ['https://api.massive.com', 'https://api.massive.com'],
  ])('from %s to %s is followed with the key', async (base, other) => {
    const { hosts, fetch } = asked(cursor(other));
    expect((await ask(base, { fetch })).bars.length).toBe(2);
    expect(hosts).toEqual([`${base} Bearer k`, `${other} Bearer k`]);
  });

  test.each([
    ['https://api.polygon.io', 'http://api.massive.com'],
    ['https://api.polygon.io', 'https://api.massive.com:8443'],
    ['https://api.polygon.io', 'https://api.massive.com.example.org'],
    ['https://api.polygon.io', 'https://files.massive.com'],
    ['https://api.polygon.io', 'https://polygon.io'],
    ['http://127.0.0.1:8080', 'https://api.polygon.io'],
    ['https://proxy.example.org', 'https://api.massive.com'],
  ])('from %s to %s is not', async (base, other) => {
    const { hosts, fetch } = asked(cursor(other));
    await expect(ask(base, { fetch })).rejects.toMatchObject({ name: 'BrokenPaging' });
    expect(hosts).toEqual([`${base} Bearer k`]);
  });

  test('is a loop where it leads back, whatever the name', async () => {
    const other = { 'api.polygon.io': 'api.massive.com', 'api.massive.com': 'api.polygon.io' };
    const { hosts, fetch } = asked(
      ({ host }) => `https://${other[host as keyof typeof other]}/next?cursor=1`,
    );
    await expect(ask('https://api.polygon.io', { fetch })).rejects.toMatchObject({ name: 'BrokenPaging' });
    expect(hosts.length).toBeLessThanOrEqual(3);
  });
});

describe('requests are counted', () => {
  test('with the page that fails', async () => {
    let url = '';
    const server = await startLocalServer(
      (response, request) => page(() => url, [row('2024-01-02')], '/next')(response, request),
      text('', 500),
    );
    url = server.url;
    let counted = 0;
    const options = { onRequest: () => (counted += 1) };
    await expect(
      polygonAt(server).series('AAPL', { interval: '1d', range: january }, options),
    ).rejects.toMatchObject({
      name: 'ProviderUnavailable',
    });
    expect(counted).toBe(2);
  });

  test('and each of them is paced first', async () => {
    const order: string[] = [];
    const { server } = await paged((n) => {
      order.push('answer');
      return { rows: [row(addDays('2024-01-02', n))], next: n < 1 ? '/next' : null };
    });
    const polygon = polygonAt(server, {
      beforeRequest: () => {
        order.push('paced');
        return Promise.resolve();
      },
    });
    await polygon.series(
      'AAPL',
      { interval: '1d', range: january },
      { onRequest: () => order.push('counted') },
    );
    expect(order).toEqual(['paced', 'counted', 'answer', 'paced', 'counted', 'answer']);
  });
});
