import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { GuardEnv } from './guard.ts';

/** Pages that are under way may end within that. */
const graceMs = 2_000;

/** Serves a dashboard on an address; rejects where it cannot be had. Returns what ends it, with all its connections. */
export async function listen(
  app: Hono<GuardEnv>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<() => Promise<void>> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  };
}
