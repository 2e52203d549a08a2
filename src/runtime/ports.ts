import { createServer } from 'node:net';
import { once } from 'node:events';
import { loopback } from '../domain/loopback.ts';
import { setting } from '../setting.ts';

/** What a person wants to listen on is no address of this machine. */
export class ForeignAddress extends Error {
  override readonly name = 'ForeignAddress';
  readonly remedy: string;
  constructor(host: string, setting: string) {
    super(`${host} is no address of this machine`);
    this.remedy = `set ${setting} to an address that it has, or to 0.0.0.0 for all of them`;
  }
}

/** A port that a person chose cannot be had. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly remedy: string;
  constructor(port: number, setting: string, { host = loopback, reason = 'is taken' } = {}) {
    super(`port ${port} on ${host} ${reason}`);
    this.remedy = `end what listens there, or set ${setting} to a free port`;
  }
}

/** Below those that systems give to outgoing connections: one of them could be gone before a server has it. */
const firstPort = 18_000;
const portCount = 12_000;
const mostTries = 100;
const lastPort = 65_535;

type Attempt = { readonly port: number } | { readonly refused: string };

async function tryPort(port: number, host: string, hostSetting: string): Promise<Attempt> {
  if (port > lastPort) return { refused: 'is none: the last is 65535' };
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') return { refused: 'is taken' };
    if (code === 'EADDRNOTAVAIL') throw new ForeignAddress(host, hostSetting);
    if (code === 'EACCES') return { refused: 'is not allowed to this user' };
    throw error;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a TCP server without a port');
  return { port: address.port };
}

/**
 * The port itself when it is free on a host; else another free one, or `PortTaken` when a person chose it. `portSetting` is
 * the variable that the message names, `hostSetting` that of the host. Throws `ForeignAddress` for a host that is another
 * machine's.
 */
export async function findPort(
  { preferred, strict }: { readonly preferred: number; readonly strict: boolean },
  portSetting: string,
  host = loopback,
  hostSetting: string = setting('BIND_HOST'),
): Promise<number> {
  if (preferred !== 0) {
    const attempt = await tryPort(preferred, host, hostSetting);
    if ('port' in attempt) return attempt.port;
    if (strict) throw new PortTaken(preferred, portSetting, { host, reason: attempt.refused });
  }
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    const other = await tryPort(port, host, hostSetting);
    if ('port' in other) return other.port;
  }
  throw new PortTaken(preferred, portSetting, { host, reason: 'is taken, and no other was found free' });
}
