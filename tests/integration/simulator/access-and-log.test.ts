import { describe, expect, test } from 'vitest';
import type { RequestLogReport } from '../../../src/simulator/request-log.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { marketDay, runningMarket, series, source } from '../../support/running-market.ts';

const apple = series('AAPL', '2024-03-07', '2024-03-07');

describe('the key', () => {
  test('is missing: 401', async () => {
    const { request } = await runningMarket();
    const response = await request(apple, { headers: {} });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ status: 'ERROR', error: 'API Key was not provided' });
  });

  test('is another: 401, and no fault is used up', async () => {
    const { request } = await runningMarket({
      apiKey: 'right',
      faults: [{ times: 1, fault: { kind: 'notYet' } }],
    });
    const wrong = await request(apple);
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toEqual({
      status: 'ERROR',
      request_id: expect.any(String) as string,
      error: 'Unknown API Key',
    });
    const right = () => request(apple, { headers: { authorization: 'Bearer right' } });
    expect((await right()).status).toBe(403);
    expect((await right()).status).toBe(200);
  });
});

describe('the server', () => {
  test('answers 404 to paths and methods it does not know', async () => {
    const { request } = await runningMarket();
    for (const path of [
      '/',
      '/v1/marketstatus/now',
      '/v2/aggs/ticker/AAPL/range/1/hour/2024-03-07/2024-03-07',
    ]) {
      expect((await request(path)).status).toBe(404);
    }
    expect((await request(apple, { method: 'POST' })).status).toBe(404);
  });

  test('says how long an answer is, what time the market has, and keeps the connection', async () => {
    const { request } = await runningMarket();
    const response = await request(marketDay('2024-03-07'));
    expect(response.headers.get('date')).toBe('Wed, 10 Jul 2024 21:00:00 GMT');
    expect(response.headers.get('connection')).toBe('keep-alive');
    expect(response.headers.get('content-type')).toBe('application/json');
    const length = Number(response.headers.get('content-length'));
    expect((await response.arrayBuffer()).byteLength).toBe(length);
  });

  test('listens on 127.0.0.1 only, on the port asked for, and refuses one that is taken', async () => {
    const { simulator } = await runningMarket();
    expect(simulator.url).toBe(`http://127.0.0.1:${simulator.port}`);
    await expect(startSimulator({ source, port: simulator.port })).rejects.toThrow('EADDRINUSE');
  });

  test('serves no more once closed', async () => {
    const simulator = await startSimulator({ source });
    await fetch(simulator.url);
    await simulator.close();
    await expect(fetch(simulator.url)).rejects.toThrow();
  });
});

describe('the request log', () => {
  test('tells a witness outside what was asked, without the key', async () => {
    const { request, get, simulator } = await runningMarket({
      faults: [{ match: { endpoint: 'marketDay' }, fault: { kind: 'status', status: 503 } }],
    });
    const before = Date.now();
    await request(`${apple}?adjusted=false&apiKey=hidden`);
    await request(marketDay('2024-03-07'), { headers: {} });
    await request(marketDay('2024-03-07'));
    await request('/nowhere');
    const report = await get<RequestLogReport>('/simulator/requests');
    expect(report.total).toBe(4);
    expect(report.byEndpoint).toEqual({ aggregates: 1, marketDay: 2, unknown: 1 });
    expect(report.requests).toMatchObject([
      {
        method: 'GET',
        path: `${apple}?adjusted=false&apiKey=REDACTED`,
        hasAuthorization: true,
        status: 200,
        fault: null,
      },
      { endpoint: 'marketDay', hasAuthorization: false, status: 401, fault: null },
      { endpoint: 'marketDay', hasAuthorization: true, status: 503, fault: 'status' },
      { endpoint: 'unknown', path: '/nowhere', status: 404 },
    ]);
    expect(report.requests).toEqual(simulator.requests());
    expect(report.requests.every(({ receivedAt }) => receivedAt >= before && receivedAt <= Date.now())).toBe(
      true,
    );
    expect(JSON.stringify(report)).not.toMatch(/Bearer|hidden/);
  });

  test('can be cleared from outside', async () => {
    const { request, simulator } = await runningMarket();
    await request(apple);
    await request('/simulator/requests', { method: 'DELETE' });
    expect(simulator.requests()).toEqual([]);
  });
});

describe('the fault script', () => {
  test('can be replaced from outside', async () => {
    const { request } = await runningMarket({ faults: [{ fault: { kind: 'notYet' } }] });
    expect((await request(apple)).status).toBe(403);
    const body = JSON.stringify([{ fault: { kind: 'status', status: 500 } }]);
    expect((await request('/simulator/faults', { method: 'POST', body })).status).toBe(200);
    expect((await request(apple)).status).toBe(500);
    await request('/simulator/faults', { method: 'POST', body: '[]' });
    expect((await request(apple)).status).toBe(200);
  });

  test('that is wrong is refused with the place, and the old one stays', async () => {
    const { request } = await runningMarket({ faults: [{ fault: { kind: 'notYet' } }] });
    const post = (body: string) => request('/simulator/faults', { method: 'POST', body });
    const wrong = await post('[{ "fault": { "kind": "slow" } }]');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ error: expect.stringContaining('[0].fault.ms') as string });
    expect((await post('{')).status).toBe(400);
    expect((await request(apple)).status).toBe(403);
  });

  test('that is wrong at the start is thrown', async () => {
    const faults = [{ fault: { kind: 'slow' as const, ms: -1 } }];
    await expect(startSimulator({ source, faults })).rejects.toThrow('[0].fault.ms');
  });
});
