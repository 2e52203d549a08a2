import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { forwardPort } from '../../../src/runtime/forward-port.ts';
import { findPort } from '../../../src/runtime/ports.ts';

/** macOS has but one address on its loopback. */
const host = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

/** A port that is passed on to another, where `answer` has each connection. */
async function forwarded(answer: (socket: Socket) => void) {
  const server = createServer({ allowHalfOpen: true }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ending = new AbortController();
  onTestFinished(() => {
    ending.abort();
    server.close();
  });
  const port = await findPort({ preferred: 0, strict: false }, '', host);
  await forwardPort({ host, port, target: (server.address() as AddressInfo).port, signal: ending.signal });
  return { server, port, ending, call: () => connect({ host, port }) };
}

/** Broken or in order. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('what is said comes to the other side whole, both ways, from several at once', async () => {
  const { call } = await forwarded((socket) => void socket.pipe(socket));
  const long = 'x'.repeat(3_000_000);
  const said = await Promise.all(
    ['one', 'two', long].map(async (word) => {
      const socket = call();
      socket.end(word);
      return text(socket);
    }),
  );
  expect(said.map(({ length }) => length)).toEqual([3, 3, long.length]);
});

test('a side that breaks breaks the other, and the next connection goes through', async () => {
  const heard: Socket[] = [];
  const { call } = await forwarded((socket) => {
    heard.push(socket.on('error', () => undefined).resume());
    socket.write('hello');
  });
  const first = call().on('error', () => undefined);
  await once(first, 'data');
  const firstEnds = closed(first);
  heard[0]?.resetAndDestroy();
  await firstEnds;
  const second = call();
  await once(second, 'data');
  const otherEnds = closed(heard[1] ?? second);
  second.resetAndDestroy();
  await otherEnds;
});

test('with nobody behind it a connection is closed; ended, it takes none and lets go of all', async () => {
  const { server, call, ending } = await forwarded((socket) => void socket.write('hello'));
  const kept = call().on('error', () => undefined);
  await once(kept, 'data');
  server.close();
  const refused = call().on('error', () => undefined);
  await closed(refused);
  ending.abort();
  await closed(kept);
  const [error] = (await once(call(), 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});
