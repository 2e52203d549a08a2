import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { keepTimeOf } from './market-clocks.ts';

/** A request that the server saw; `url` is path and query. */
interface SeenRequest {
  readonly url: string;
  readonly authorization: string | undefined;
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void;

export interface LocalServer {
  readonly url: string;
  /** Every request in the order of arrival. */
  readonly seen: readonly SeenRequest[];
}

/** An HTTP server on 127.0.0.1 until the test ends. Each request gets the next reply, the last one is repeated. */
export async function startLocalServer(...replies: readonly Reply[]): Promise<LocalServer> {
  const seen: SeenRequest[] = [];
  let told: unknown;
  const server = createServer((request, response) => {
    const reply = replies[Math.min(seen.length, replies.length - 1)];
    const arrived = { url: request.url ?? '', authorization: request.headers.authorization };
    seen.push(arrived);
    if (reply === undefined) response.writeHead(404).end();
    else reply(response, arrived);
    told = response.getHeader('date');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  // Whatever day it says that it is: that is so.
  keepTimeOf(url, () => new Date(typeof told === 'string' ? told : Date.now()));
  return { url, seen };
}

export function text(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return (response) => {
    response.setHeaders(new Map(Object.entries({ 'content-type': 'text/html', ...headers })));
    response.writeHead(status).end(body);
  };
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(JSON.stringify(value), status, { 'content-type': 'application/json', ...headers });
}
