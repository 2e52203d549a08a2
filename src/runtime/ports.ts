import { createServer } from 'node:net';
import { once } from 'node:events';

/** A port that a person chose cannot be had. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly remedy: string;
  constructor(port: number, setting: string, reason = 'is taken') {
    super(`port ${port} on 127.0.0.1 ${reason}`);
    this.remedy = `end what listens there, or set ${setting} to a free port`;
  }
}

/** Below those that systems give to outgoing connections: one of them could be gone before a server has it. */
const firstPort = 18_000;
const portCount = 12_000;
const mostTries = 100;

type Attempt = { readonly port: number } | { readonly refused: string };

async function tryPort(port: number): Promise<Attempt> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') return { refused: 'is taken' };
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
 * The port itself when it is free; else another free one, or `PortTaken` when a person chose it. `setting` is the
 * variable that the message names.
 */
export async function findPort(
  { preferred, strict }: { readonly preferred: number; readonly strict: boolean },
  setting: string,
): Promise<number> {
  if (preferred !== 0) {
    const attempt = await tryPort(preferred);
    if ('port' in attempt) return attempt.port;
    if (strict) throw new PortTaken(preferred, setting, attempt.refused);
  }
  for (let tries = 0; tries < mostTries; tries += 1) {
    const other = await tryPort(firstPort + Math.floor(Math.random() * portCount));
    if ('port' in other) return other.port;
  }
  throw new PortTaken(preferred, setting, 'is taken, and no other was found free');
}
