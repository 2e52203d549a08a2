import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html } from '../../../src/web/markup.ts';
import type { Page } from '../../../src/web/page.ts';
import { rawBytes, rawRequest, type RawAnswer } from '../../support/raw-request.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

/** A page that says what its forms would bring along. */
const page: Page = {
  path: '/one',
  below: true,
  name: 'Today',
  show: ({ token, below }) =>
    Promise.resolve({ title: 'One', body: html`<i>${token}</i><b>${below.join(' ')}</b>` }),
};
const known = 'https://bars.example.com';

let dashboard: ServedDashboard;
let [token, here] = ['', ''];
beforeAll(async () => {
  dashboard = await serveDashboard({
    databaseUrl: null,
    pages: [page],
    settings: { DASHBOARD_URL: known },
  });
  here = new URL(dashboard.url).host;
  token = tokenShown(await rawRequest(dashboard.url, { path: '/one/x' }));
});
afterAll(() => dashboard.close());

function tokenShown({ body }: RawAnswer): string {
  return /<i>([^<]+)</.exec(body)?.[1] ?? '';
}

const ask = async (wish: Parameters<typeof rawRequest>[1]) => {
  const answer = await rawRequest(dashboard.url, { path: '/one/x', ...wish });
  return answer.status;
};

describe('who is asked', () => {
  test.each(['localhost', '127.0.0.1'])('%s with its port is us', async (name) => {
    const host = `${name}:${new URL(dashboard.url).port}`;
    expect(await ask({ headers: { host } })).toBe(200);
    expect(await ask({ headers: { host: host.toUpperCase() } })).toBe(200);
  });

  test('so is the name that it is given', async () => {
    expect(await ask({ headers: { host: 'bars.example.com' } })).toBe(200);
    expect(await ask({ headers: { host: 'bars.example.com:8080' } })).toBe(403);
  });

  test.each([
    'evil.example',
    'localhost',
    'localhost:1',
    '127.0.0.1.evil.example',
    'bars.example.com.evil.example',
    '127.0.0.2:PORT',
    '[::1]:PORT',
    '0.0.0.0:PORT',
    '2130706433:PORT',
    'localhost.:PORT',
  ])('%s is another', async (name) => {
    const host = name.replace('PORT', new URL(dashboard.url).port);
    const answer = await rawRequest(dashboard.url, { headers: { host } });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('DASHBOARD_URL')]);
    expect(answer.body).not.toContain('evil');
  });

  test('a Host that is none is refused', async () => {
    expect(await rawBytes(dashboard.url, 'GET /one/x HTTP/1.1\r\nHost:\r\n\r\n')).toMatch(
      /^HTTP\/1.1 40[03] /,
    );
    expect(await rawBytes(dashboard.url, 'GET /one/x HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await rawBytes(dashboard.url, 'GET /one/x HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 40[03] /);
    const two = `GET /one/x HTTP/1.1\r\nHost: ${here}\r\nHost: evil.example\r\n\r\n`;
    expect(await rawBytes(dashboard.url, two)).toMatch(/^HTTP\/1.1 40[03] /);
    expect(await ask({ headers: { host: 'a b' } })).toBeGreaterThanOrEqual(400);
    expect(await ask({ headers: { host: `${here}@evil.example` } })).toBeGreaterThanOrEqual(400);
  });

  test('a request for another by its whole address is no request for us', async () => {
    expect(await ask({ path: 'http://evil.example/', headers: { host: here } })).toBe(400);
  });
});

describe('what is asked for', () => {
  test.each([
    '/assets/%2e%2e/guard.ts',
    '/assets/..%2fguard.ts',
    '/assets/%2E%2E%2Fguard.ts',
    '/assets/..%5cguard.ts',
    '/assets/../guard.ts',
    '/assets/./app.css',
    '/..',
    '//evil.example',
    '/a//b',
    '/a%00b',
    '/a%0d%0aset-cookie:x',
    '/%',
    '/%ff',
  ])('%s is no path of ours', async (path) => {
    const { status, body } = await rawRequest(dashboard.url, { path });
    expect([status, body]).toEqual([400, 'The path is not one of this dashboard.\n']);
  });

  test('backslashes are no slashes', async () => {
    expect(await ask({ path: '/assets\\..\\guard.ts' })).toBe(400);
  });

  test.each([
    '/assets/guard.ts',
    '/assets/',
    '/assets/%252e%252e',
    '/assets/app.css/x',
    '/assets/__proto__',
    '/favicon.ico',
    '/health/x',
  ])('%s leads nowhere', async (path) => {
    const served = await serveDashboard({ databaseUrl: null });
    const { status, body } = await rawRequest(served.url, { path });
    await served.close();
    expect([status, body]).toEqual([404, expect.stringContaining('There is no such page')]);
  });

  test('what stands below a page comes to it decoded, and as text', async () => {
    const { body } = await rawRequest(dashboard.url, { path: '/one/a%20%3Cb%3E/%C3%A9' });
    expect(body).toContain('<b>a &lt;b&gt; é</b>');
  });

  test('a head is answered without a body', async () => {
    const { status, body } = await rawRequest(dashboard.url, { method: 'HEAD', path: '/one/x' });
    expect([status, body]).toEqual([200, '']);
  });
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };
/** What passes the guard finds no route: 404. */
const passed = 404;

describe('who may change something', () => {
  const post = (headers: Readonly<Record<string, string>>, body = '', method = 'POST') =>
    ask({ method, path: '/anything', headers: { host: here, ...headers }, body });
  const own = () => ({ origin: `http://${here}` });
  const withToken = () => ({ ...own(), 'x-barwright-token': token });

  test('a page of ours, with the token of this process in a field or a header', async () => {
    expect(token.length).toBeGreaterThan(40);
    expect(await post({ ...own(), ...form }, `token=${token}`)).toBe(passed);
    expect(await post({ ...withToken(), 'content-type': 'application/json' }, '{}')).toBe(passed);
    expect(await post({ ...withToken(), 'sec-fetch-site': 'same-origin' })).toBe(passed);
    const named = { host: 'bars.example.com', origin: known };
    expect(await post({ ...named, ...form }, `token=${token}`)).toBe(passed);
  });

  test('a form of many parts brings it as well', async () => {
    const fields = new FormData();
    fields.set('token', token);
    const made = new Response(fields);
    const type = made.headers.get('content-type') ?? '';
    const body = await made.text();
    expect(await post({ ...own(), 'content-type': type }, body)).toBe(passed);
    expect(await post({ ...own(), 'content-type': 'multipart/form-data' }, body)).toBe(403);
  });

  test.each([
    ['none', {}],
    ['null', { origin: 'null' }],
    ['another', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['another scheme', { origin: 'https://HERE' }],
    ['a name like ours', { origin: 'http://HERE.evil.example' }],
    ['that of the proxy, asked for by the address', { origin: known }],
    ['ours and another', { origin: 'http://HERE, http://evil.example' }],
  ])('not with an Origin that is %s', async (_, headers) => {
    const told = Object.entries(headers).map(([name, value]) => [name, value.replace('HERE', here)]);
    const answer = { ...Object.fromEntries(told), 'x-barwright-token': token } as Record<string, string>;
    expect(await post(answer)).toBe(403);
    expect(await post({ ...answer, ...form }, `token=${token}`)).toBe(403);
    expect(await post({ ...answer, 'content-type': 'application/json' }, '{}')).toBe(403);
    expect(await post({ ...answer, 'content-type': 'text/plain' }, `token=${token}`)).toBe(403);
  });

  test.each(['cross-site', 'same-site', 'none', ''])('not from %j', async (site) => {
    expect(await post({ ...withToken(), 'sec-fetch-site': site })).toBe(403);
  });

  test.each([
    ['no token', ''],
    ['another token', 'token=0123456789012345678901234567890123456789012'],
    ['an empty one', 'token='],
    ['one that begins like it', 'token=TOKENx'],
    ['a part of it', 'token=PART'],
    ['two of them', 'token=wrong&token=wrong'],
    ['one of another name', 'tokens=TOKEN'],
    ['what is no form', '{"token":"TOKEN"}'],
  ])('not with %s', async (_, wish) => {
    const body = wish.replace('TOKEN', token).replace('PART', token.slice(0, -1));
    expect(await post({ ...own(), ...form }, body)).toBe(403);
    expect(await post({ ...own(), 'content-type': 'application/json' }, body)).toBe(403);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('whatever it is called: %s', async (method) => {
    expect(await post({}, '', method)).toBe(403);
    expect(await post(withToken(), '', method)).toBe(passed);
  });

  test('no other process knows the token', async () => {
    const other = await serveDashboard({ databaseUrl: null, pages: [page] });
    expect(tokenShown(await rawRequest(other.url, { path: '/one/x' }))).not.toBe(token);
    await other.close();
  });

  test('a body has 64 kB at most, told or not', async () => {
    const large = `token=${token}&more=${'x'.repeat(64 * 1024)}`;
    expect(await post({ ...own(), ...form }, large)).toBe(413);
    expect(await post({ ...withToken(), 'content-type': 'application/json' }, large)).toBe(413);
    expect(await post({ ...own(), ...form, 'transfer-encoding': 'chunked' }, large)).toBe(413);
    const most = `token=${token}&more=`.padEnd(64 * 1024, 'x');
    expect(await post({ ...own(), ...form }, most)).toBe(passed);
    expect(await post({ ...own(), ...form, 'transfer-encoding': 'chunked' }, most)).toBe(passed);
  });
});

test.each(['/one/x', '/nowhere', '/assets/app.css', '/assets/%2e%2e', '/health'])(
  'the answer to %s keeps a page to itself',
  async (path) => {
    const { headers } = await rawRequest(dashboard.url, { path });
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('x-powered-by');
  },
);

test('of all addresses of a machine those are us that a request has come to', async () => {
  const all = await serveDashboard({
    databaseUrl: null,
    settings: { DASHBOARD_HOST: '0.0.0.0', DASHBOARD_TOKEN: 'x'.repeat(32) },
  });
  const port = new URL(all.url).port;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = addresses.flatMap(({ address, family }) => (family === 'IPv4' ? address : []));
  for (const address of own) {
    const url = `http://${address}:${port}`;
    expect((await rawRequest(url)).status, address).toBe(401);
    expect((await rawRequest(url, { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await rawRequest(url, { headers: { host: `192.0.2.1:${port}` } })).status).toBe(403);
  }
  await all.close();
});
