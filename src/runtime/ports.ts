import { createServer } from 'node:net';
import { once } from 'node:events';

/** A port that a person chose is in use. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly remedy: string;
  constructor(port: number, setting: string) {
    super(`port ${port} on 127.0.0.1 is taken`);
    this.remedy = `end what listens there, or set ${setting} to a free port`;
  }
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null;
    throw error;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : null;
}

/** The port itself when it is free; else another free one, or `PortTaken` when a person chose it. */
export async function findPort(
  { preferred, strict }: { readonly preferred: number; readonly strict: boolean },
  setting: string,
): Promise<number> {
  const free = await tryPort(preferred);
  if (free !== null) return free;
  if (strict) throw new PortTaken(preferred, setting);
  const other = await tryPort(0);
  if (other === null) throw new PortTaken(preferred, setting);
  return other;
}
