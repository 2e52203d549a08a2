import { createPolygonProvider, type PolygonDeps } from '../../src/providers/polygon/client.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import { marketDayInRows, seriesInRows } from './answers-in-rows.ts';
import { clockAt } from './market-clocks.ts';
import { json, startLocalServer, type LocalServer, type Reply } from './local-server.ts';

/** Must never be read in an error. */
export const key = 'canary-7f3b9e';

/** The real client, paced by nothing, asking that server; bars are objects. */
export function polygonAt(server: LocalServer, deps: Partial<PolygonDeps> = {}) {
  const provider = createPolygonProvider({
    baseUrl: server.url,
    apiKey: key,
    beforeRequest: () => Promise.resolve(),
    now: clockAt(server.url),
    ...deps,
  });
  return { ...provider, series: seriesInRows(provider), marketDay: marketDayInRows(provider) };
}

/** The real client in front of a server with these replies. */
export async function polygonAnswering(...replies: readonly Reply[]) {
  const server = await startLocalServer(...replies);
  return { server, polygon: polygonAt(server) };
}

/** One row as Polygon sends it; of a series, `t` is the session's first instant in New York. */
export function row(session: string, over: Readonly<Record<string, unknown>> = {}) {
  const t = exchangeInstant(session, 0);
  return { o: 10, h: 12, l: 9, c: 11, v: 1000.5, vw: 10.5, n: 42, t, ...over };
}

/** The bar of `row(session)`. */
export function bar(session: string, over: Readonly<Record<string, unknown>> = {}) {
  const values = { open: 10, high: 12, low: 9, close: 11, volume: 1000.5, vwap: 10.5, trades: 42 };
  return { session, ...values, ...over };
}

export function seriesBody(rows: readonly unknown[], over: Readonly<Record<string, unknown>> = {}) {
  const counts = { queryCount: rows.length, resultsCount: rows.length, count: rows.length };
  return { ticker: 'AAPL', ...counts, adjusted: false, results: rows, status: 'OK', ...over };
}

export const series = (...rows: readonly unknown[]): Reply => json(seriesBody(rows));

export function marketDayBody(rows: readonly unknown[], over: Readonly<Record<string, unknown>> = {}) {
  return {
    queryCount: rows.length,
    resultsCount: rows.length,
    adjusted: false,
    results: rows,
    status: 'OK',
    ...over,
  };
}

export const january = { from: '2024-01-01', to: '2024-01-31' };
