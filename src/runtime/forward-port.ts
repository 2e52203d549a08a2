import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { loopback } from '../domain/loopback.ts';

/** Where to listen, and whereto on the loopback what comes there is passed on. */
interface Forwarding {
  readonly host: string;
  readonly port: number;
  readonly target: number;
  /** Ends it, with all connections. */
  readonly signal: AbortSignal;
}

const keepAliveMs = 30_000;

/**
 * Passes connections on to a port of the loopback: for a server that cannot listen elsewhere, or would open more there
 * than it should. One that the target does not take is closed. Rejects when the port cannot be had.
 */
export async function forwardPort({ host, port, target, signal }: Forwarding): Promise<void> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (outer) => {
    const inner = connect({ host: loopback, port: target, allowHalfOpen: true });
    for (const socket of [outer, inner]) {
      open.add(socket);
      socket.setNoDelay(true).once('close', () => open.delete(socket));
    }
    // Who is gone without a word would hold the other side for ever.
    outer.setKeepAlive(true, keepAliveMs);
    join(outer, inner);
  });
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  const end = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
}

/** Both ways: the end of one way ends that way alone, a break of one side breaks the other. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.resetAndDestroy());
  }
}
