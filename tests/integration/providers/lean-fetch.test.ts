import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leanFetch } from '../../../src/providers/lean-fetch.ts';

const text = JSON.stringify({ results: Array.from({ length: 2_000 }, (_, t) => ({ t, c: Math.sqrt(t) })) });
const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/plain': (response) => response.end(text),
  '/gzip': (response) => encoded(response, 'gzip', gzipSync(text)),
  '/deflate': (response) => encoded(response, 'deflate', deflateSync(text)),
  '/br': (response) => encoded(response, 'BR', brotliCompressSync(text)),
  '/twice': (response) => encoded(response, 'deflate, gzip', gzipSync(deflateSync(text))),
  '/cut': (response) => encoded(response, 'gzip', gzipSync(text).subarray(0, 500)),
  '/none': (response) => response.writeHead(204).end(),
  '/moved': (response) => response.writeHead(302, { location: '/plain' }).end(),
  '/odd': (response) => response.writeHead(200, { 'x-odd': 'caf\u00e9', 'set-cookie': ['a=1', 'b=2'] }).end(),
  '/silent': (response) => response.writeHead(200).write('{'),
};
const server = createServer(({ url = '' }, response) => answers[url]?.(response));
const at = (path: string) => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function encoded(response: ServerResponse, encoding: string, body: Buffer): void {
  response.writeHead(200, { 'content-encoding': encoding }).end(body);
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test.each(['plain', 'gzip', 'deflate', 'br', 'twice'])('a body comes whole: %s', async (encoding) => {
  const { status, body } = await leanFetch(at(`/${encoding}`), {});
  expect([status, await textOf(body)]).toEqual([200, text]);
});

test('of no content nothing comes, and no redirect is followed', async () => {
  const none = await leanFetch(at('/none'), {});
  expect([none.status, await textOf(none.body)]).toEqual([204, '']);
  const moved = await leanFetch(at('/moved'), {});
  expect([moved.status, moved.headers.get('location')]).toEqual([302, '/plain']);
  await textOf(moved.body);
});

test('a body that is cut is an error to who reads it', async () => {
  const { body } = await leanFetch(at('/cut'), {});
  await expect(textOf(body)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
});

test('headers that none could send come all the same', async () => {
  const { headers, body } = await leanFetch(at('/odd'), {});
  await textOf(body);
  expect(headers.get('x-odd')).toMatch(/^caf/);
  expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('it ends with the reason of its signal, before and after the headers', async () => {
  const reason = new Error('enough');
  const before = AbortSignal.abort(reason);
  await expect(leanFetch(at('/plain'), { signal: before })).rejects.toBe(reason);
  const during = new AbortController();
  const { body } = await leanFetch(at('/silent'), { signal: during.signal });
  during.abort(reason);
  await expect(textOf(body)).rejects.toThrow();
});

test('where nobody listens the error says so', async () => {
  await expect(leanFetch(new URL('http://127.0.0.1:1/'), {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
