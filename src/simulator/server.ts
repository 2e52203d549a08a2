import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { loopback, reachedAt } from '../domain/loopback.ts';
import { answerControl, type Controls } from './control-endpoint.ts';
import type { FaultScript } from './faults/fault-script.ts';
import { json } from './http/answer.ts';
import { createRequestLog, type LoggedRequest } from './request-log.ts';
import { sendAnswer } from './send-answer.ts';
import { createSimulatedMarket, type SimulatedMarketOptions } from './simulated-market.ts';

export interface SimulatorOptions extends SimulatedMarketOptions {
  /** A free one by default. */
  readonly port?: number;
  /** What it listens on; unless said, the loopback. 0.0.0.0 is every address of this machine. */
  readonly host?: string;
}

/** A running simulated market. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  readonly requests: () => readonly LoggedRequest[];
  /** Replaces the fault script; throws `BadFaultScript`. */
  readonly setFaults: (script: FaultScript) => void;
  /** Ends open connections too. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a market in the wire formats of Polygon and Yahoo. Throws `BadFaultScript` and `BadScriptedAction`;
 * rejects when the port is taken.
 */
export async function startSimulator({
  port = 0,
  host = loopback,
  ...options
}: SimulatorOptions): Promise<Simulator> {
  const log = createRequestLog();
  const market = createSimulatedMarket(options);
  const controls = { log, setFaults: market.setFaults };
  const server = createServer((request, response) => {
    const receivedAt = Date.now();
    const url = urlOf(request);
    if (url?.pathname.startsWith('/simulator/') === true) {
      void control(request, response, url.pathname, controls);
      return;
    }
    const { answer, hits, endpoint, date } = market.answer(request, url);
    const faults = hits.map(({ fault }) => fault);
    log.add({
      method: request.method ?? '',
      endpoint,
      path: request.url ?? '',
      hasAuthorization: request.headers.authorization !== undefined,
      receivedAt,
      status: answer.status,
      fault: faults.length === 0 ? null : faults.map(({ kind }) => kind).join('+'),
    });
    sendAnswer(response, answer, date, faults);
  });
  const boundPort = await listen(server, port, host);
  return {
    url: `http://${reachedAt(host)}:${boundPort}`,
    port: boundPort,
    requests: log.list,
    setFaults: market.setFaults,
    close: () => stop(server),
  };
}

async function control(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  controls: Controls,
): Promise<void> {
  const answer = await answerControl(request, path, controls).catch((error: unknown) =>
    json(500, { error: String(error) }),
  );
  sendAnswer(response, answer, new Date().toUTCString());
}

/** Null for what no client of the provider would send. */
function urlOf({ url = '/', headers }: IncomingMessage): URL | null {
  return URL.parse(`http://${headers.host ?? loopback}${url}`);
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 65_000;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulated market has no port');
  return address.port;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
