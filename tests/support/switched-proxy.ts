import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands before a server, and takes it away and back, at one port. */
export interface SwitchedProxy {
  readonly port: number;
  /** Whoever comes is refused, and who is there is cut off. */
  away(): Promise<void>;
  back(): Promise<void>;
}

export async function startSwitchedProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<SwitchedProxy> {
  const open = new Set<Socket>();
  let server: Server | null = null;
  const listen = async (port: number) => {
    server = createServer((outer) => {
      const inner = connect(target);
      for (const [one, other] of [
        [outer, inner],
        [inner, outer],
      ] as const) {
        open.add(one);
        one.on('error', () => undefined).once('close', () => (open.delete(one), other.destroy()));
        one.pipe(other);
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    async away() {
      if (server === null) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      server = null;
      await closed;
    },
    async back() {
      await listen(port);
    },
  };
}
