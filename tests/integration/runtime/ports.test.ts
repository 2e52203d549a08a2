import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPort, ForeignAddress, PortTaken } from '../../../src/runtime/ports.ts';
import { listening } from '../../support/listening.ts';

let server: Server;
let taken: number;

beforeEach(async () => {
  ({ server, port: taken } = await listening());
});
afterEach(() => server.close());

test('a free port is the one that is found', async () => {
  server.close();
  await once(server, 'close');
  expect(await findPort({ preferred: taken, strict: true }, 'TEMPORAL_PORT')).toBe(taken);
});

test('a default port that is taken gives way to a free one', async () => {
  const found = await findPort({ preferred: taken, strict: false }, 'TEMPORAL_PORT');
  expect(found).not.toBe(taken);
  const other = createServer().listen(found, '127.0.0.1');
  await once(other, 'listening');
  other.close();
});

test('a port that a person has set and that is taken is an error that says which, and what to do', async () => {
  const refused = findPort({ preferred: taken, strict: true }, 'TEMPORAL_PORT');
  await expect(refused).rejects.toBeInstanceOf(PortTaken);
  await expect(refused).rejects.toMatchObject({
    message: `port ${taken} on 127.0.0.1 is taken`,
    remedy: 'end what listens there, or set TEMPORAL_PORT to a free port',
  });
});

test('an address of another machine is refused', async () => {
  // Kept for documentation: no machine has it.
  const refused = findPort({ preferred: 0, strict: false }, 'TEMPORAL_PORT', '192.0.2.1');
  await expect(refused).rejects.toThrow(ForeignAddress);
  await expect(refused).rejects.toMatchObject({ remedy: expect.stringContaining('BIND_HOST') as string });
});
