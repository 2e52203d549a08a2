import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a database and whoever uses it. */
export interface SilentProxy {
  /** The database's URL, over it. */
  readonly url: string;
  /** Passes nothing on any more over the connections that there are, and leaves them open. */
  silence(): void;
  /** From now on says whether new connections are passed on; those that are not stay open, and nothing comes. */
  pass(newOnes: boolean): void;
  close(): Promise<void>;
}

export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let isPassing = true;
  const server = createServer((outer) => {
    outer.on('error', () => undefined);
    open.add(outer);
    if (!isPassing) return;
    const inner = connect({ host: target.hostname, port: Number(target.port) });
    inner.on('error', () => undefined);
    open.add(inner);
    outer.pipe(inner).pipe(outer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence() {
      for (const socket of open) socket.unpipe().pause();
    },
    pass: (newOnes) => void (isPassing = newOnes),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
