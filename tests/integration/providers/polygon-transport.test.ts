import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../../src/domain/provider-errors.ts';
import { everythingIn, failureOf } from '../../support/failure.ts';
import { json, startLocalServer, text } from '../../support/local-server.ts';
import {
  january,
  key,
  polygonAnswering,
  polygonAt,
  row,
  series,
  seriesBody,
} from '../../support/polygon-replies.ts';

const whole = JSON.stringify(seriesBody([row('2024-01-02'), row('2024-01-03')]));

test.each([
  ['HTML with 200', text('<html>maintenance</html>')],
  ['an empty body', text('')],
  ['JSON that stops in the middle', text(whole.slice(0, 80))],
])('%s is ProviderUnavailable', async (_, reply) => {
  const { polygon } = await polygonAnswering(reply);
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'ProviderUnavailable',
    passing: true,
    message: 'HTML or a cut body in place of JSON',
  });
});

test.each([
  ['with a length', { 'content-length': String(whole.length) }],
  ['in chunks', {}],
])('a body %s whose connection breaks is ProviderUnavailable', async (_, headers) => {
  const { polygon } = await polygonAnswering((response) => {
    response.writeHead(200, headers);
    response.write(whole.slice(0, 80), () => response.destroy());
  });
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'ProviderUnavailable',
  });
});

test('a connection that breaks before any answer is ProviderUnavailable', async () => {
  const { polygon } = await polygonAnswering((response) => response.destroy());
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'ProviderUnavailable',
  });
});

test('a port where nobody listens is ProviderUnavailable, named with the reason', async () => {
  const port = await findClosedPort();
  const polygon = polygonAt({ url: `http://127.0.0.1:${port}`, seen: [] });
  await expect(polygon.series('AAPL', { interval: '1d', range: january })).rejects.toMatchObject({
    name: 'ProviderUnavailable',
    message: `no complete answer from 127.0.0.1:${port}: ECONNREFUSED`,
  });
});

describe('the time-out', () => {
  test('ends a request without an answer', async () => {
    const server = await startLocalServer(() => undefined);
    await expect(
      polygonAt(server, { timeoutMs: 30 }).series('AAPL', { interval: '1d', range: january }),
    ).rejects.toMatchObject({
      name: 'ResponseTimedOut',
      passing: true,
      message: 'no complete answer within 30 ms',
    });
  });

  test('ends a body that drips on for ever', async () => {
    const server = await startLocalServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    await expect(
      polygonAt(server, { timeoutMs: 60 }).series('AAPL', { interval: '1d', range: january }),
    ).rejects.toMatchObject({
      name: 'ResponseTimedOut',
    });
  });

  test('does not count the pacing before the request', async () => {
    const server = await startLocalServer(series(row('2024-01-02')));
    const timeoutMs = 2_000;
    // Pacing longer than the time-out is what the real budget does.
    const beforeRequest = () => new Promise<void>((resolve) => setTimeout(resolve, timeoutMs + 50));
    const answer = await polygonAt(server, { timeoutMs, beforeRequest }).series('AAPL', {
      interval: '1d',
      range: january,
    });
    expect(answer.bars).toHaveLength(1);
  });
});

describe('an answer above maxBytes is ResponseTooLarge', () => {
  const expected = { name: 'ResponseTooLarge', passing: false, message: 'more than 100 bytes' };

  test('when its length says so, without reading it', async () => {
    const server = await startLocalServer((response) => {
      response.writeHead(200, { 'content-length': '101' }).flushHeaders();
    });
    await expect(
      polygonAt(server, { maxBytes: 100 }).series('AAPL', { interval: '1d', range: january }),
    ).rejects.toMatchObject(expected);
  });

  test('when it comes in chunks', async () => {
    const server = await startLocalServer((response) => {
      response.writeHead(200).write('x'.repeat(101));
    });
    await expect(
      polygonAt(server, { maxBytes: 100 }).series('AAPL', { interval: '1d', range: january }),
    ).rejects.toMatchObject(expected);
  });

  test('when it is small only as long as it is packed', async () => {
    const packed = gzipSync(' '.repeat(10_000));
    expect(packed.length).toBeLessThan(100);
    const server = await startLocalServer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    await expect(
      polygonAt(server, { maxBytes: 100 }).series('AAPL', { interval: '1d', range: january }),
    ).rejects.toMatchObject(expected);
  });

  test('and one of exactly maxBytes is not', async () => {
    const server = await startLocalServer(text(whole));
    const answer = await polygonAt(server, { maxBytes: Buffer.byteLength(whole) }).series('AAPL', {
      interval: '1d',
      range: january,
    });
    expect(answer.bars).toHaveLength(2);
  });
});

describe('the caller’s abort', () => {
  const reason = new Error('cancelled by the caller');

  test('before the request is thrown as it is', async () => {
    const { polygon } = await polygonAnswering(series());
    const signal = AbortSignal.abort(reason);
    expect(await failureOf(polygon.series('AAPL', { interval: '1d', range: january }, { signal }))).toBe(
      reason,
    );
  });

  test('while waiting for the answer is thrown as it is', async () => {
    const controller = new AbortController();
    const { polygon } = await polygonAnswering(() => controller.abort(reason));
    const failure = await failureOf(
      polygon.series('AAPL', { interval: '1d', range: january }, { signal: controller.signal }),
    );
    expect(failure).toBe(reason);
    expect(failure).not.toBeInstanceOf(ProviderError);
  });

  test('in the middle of the body is thrown as it is', async () => {
    const controller = new AbortController();
    const { polygon } = await polygonAnswering((response) => {
      response.writeHead(200);
      response.write(whole.slice(0, 80), () => controller.abort(reason));
    });
    const failure = await failureOf(
      polygon.series('AAPL', { interval: '1d', range: january }, { signal: controller.signal }),
    );
    expect(failure).toBe(reason);
  });

  test('reaches the pacing, whose refusal is thrown as it is and makes no request', async () => {
    const server = await startLocalServer(series());
    const beforeRequest = ({ signal }: { readonly signal?: AbortSignal }) => {
      signal?.throwIfAborted();
      return Promise.resolve();
    };
    let requests = 0;
    const failure = await failureOf(
      polygonAt(server, { beforeRequest }).marketDay('2024-01-02', {
        signal: AbortSignal.abort(reason),
        onRequest: () => (requests += 1),
      }),
    );
    expect(failure).toBe(reason);
    expect(requests).toBe(0);
    expect(server.seen).toHaveLength(0);
  });
});

describe('the key', () => {
  test('goes as a bearer token and into no URL', async () => {
    const { polygon, server } = await polygonAnswering(series(row('2024-01-02')));
    await polygon.series('AAPL', { interval: '1d', range: january });
    expect(server.seen).toEqual([
      {
        url: '/v2/aggs/ticker/AAPL/range/1/day/2024-01-01/2024-01-31?adjusted=false&sort=asc&limit=50000',
        authorization: `Bearer ${key}`,
      },
    ]);
  });

  test.each([200, 400, 401, 403, 404, 429, 500])(
    'is in no error, though the server repeats it with a %d',
    async (status) => {
      const { polygon } = await polygonAnswering((response, request) => {
        const said = `bad header Authorization: ${request.authorization ?? ''}`;
        json({ status: 'ERROR', error: said, message: said }, status)(response, request);
      });
      for (const call of [
        polygon.series('AAPL', { interval: '1d', range: january }),
        polygon.marketDay('2024-01-02'),
      ]) {
        expect(everythingIn(await failureOf(call))).not.toContain(key);
      }
    },
  );

  test('is in no error, though rows, tickers or addresses of pages repeat it', async () => {
    for (const body of [
      seriesBody([row('2024-01-02')], { ticker: key }),
      seriesBody([row('2024-01-02')], { next_url: key }),
      seriesBody([row('2024-01-02')], { next_url: `http://127.0.0.1:1/?apiKey=${key}` }),
      { [key]: key },
    ]) {
      const { polygon } = await polygonAnswering(json(body));
      expect(
        everythingIn(await failureOf(polygon.series('AAPL', { interval: '1d', range: january }))),
      ).not.toContain(key);
      expect(everythingIn(await failureOf(polygon.lookUp('AAPL')))).not.toContain(key);
    }
  });

  test('is not among the evidence that rows and records leave', async () => {
    const rows = await polygonAnswering(json(seriesBody([row('2024-01-02', { o: key })])));
    const answer = await rows.polygon.series('AAPL', { interval: '1d', range: january });
    const records = await polygonAnswering(json({ status: 'OK', results: [{ ticker: key, name: [key] }] }));
    const page = await records.polygon.listInstruments({ active: true, next: null });
    expect([answer.rejected.length, page.rejected.length]).toEqual([1, 1]);
    expect(JSON.stringify([answer.rejected, page.rejected])).not.toContain(key);
  });

  test.each([`${key}\n${key}`, `${key}\u0000`, `${key}–`])(
    'is in no error when no header can carry it: %j',
    async (apiKey) => {
      const server = await startLocalServer(series());
      const failure = await failureOf(
        polygonAt(server, { apiKey }).series('AAPL', { interval: '1d', range: january }),
      );
      expect(failure).toMatchObject({ name: 'Unauthorized', passing: false });
      expect(everythingIn(failure)).not.toContain(key);
      expect(server.seen).toHaveLength(0);
    },
  );

  test('is in no error when it was given with a line end', async () => {
    const server = await startLocalServer((response, request) =>
      json({ status: 'ERROR', error: request.authorization }, 400)(response, request),
    );
    const failure = await failureOf(
      polygonAt(server, { apiKey: `${key}\n` }).series('AAPL', { interval: '1d', range: january }),
    );
    expect(failure).toMatchObject({ name: 'RequestRefused', message: '400: Bearer ***' });
  });

  test('is left out before a long message is cut', async () => {
    const long = `${'x'.repeat(195)}${key}`;
    const { polygon } = await polygonAnswering(json({ status: 'ERROR', error: long }, 400));
    const failure = await failureOf(polygon.series('AAPL', { interval: '1d', range: january }));
    expect(everythingIn(failure)).not.toContain(key.slice(0, 5));
  });
});

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
