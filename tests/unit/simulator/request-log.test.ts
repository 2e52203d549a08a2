import { describe, expect, test } from 'vitest';
import { createRequestLog, type LoggedRequest } from '../../../src/simulator/request-log.ts';

const request = (path: string): LoggedRequest => ({
  method: 'GET',
  endpoint: 'tickers',
  path,
  hasAuthorization: true,
  receivedAt: 1,
  status: 200,
  fault: null,
});

describe('the request log', () => {
  test('keeps the last ones, oldest first, and counts all', () => {
    const log = createRequestLog(3);
    for (const path of ['/1', '/2', '/3', '/4', '/5']) log.add(request(path));
    expect(log.list().map(({ path }) => path)).toEqual(['/3', '/4', '/5']);
    expect(log.report()).toMatchObject({ total: 5, byEndpoint: { tickers: 5 } });
  });

  test('is empty after clearing', () => {
    const log = createRequestLog(3);
    log.add(request('/1'));
    log.clear();
    log.add(request('/2'));
    expect(log.report()).toMatchObject({ total: 1, byEndpoint: { tickers: 1 }, requests: [{ path: '/2' }] });
  });

  test('writes down no key given in the query', () => {
    const log = createRequestLog();
    log.add(request('/v3/reference/tickers?limit=1&apiKey=secret&active=true'));
    expect(log.list()[0]?.path).toBe('/v3/reference/tickers?limit=1&apiKey=REDACTED&active=true');
  });

  test('writes down no crumb', () => {
    const log = createRequestLog();
    log.add(request('/v10/finance/quoteSummary/AAPL?modules=price&crumb=s%2Fabc%3D'));
    expect(log.list()[0]?.path).toBe('/v10/finance/quoteSummary/AAPL?modules=price&crumb=REDACTED');
  });
});
