import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { rawRequest, type RawAnswer } from '../../support/raw-request.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

const secret = 'correct-horse-battery-staple-0123456789';
let store: TestDatabase | null = null;
let dashboard: ServedDashboard;
let now: Date;
const open = async (settings: Readonly<Record<string, string>> = {}) => {
  store ??= await freshDatabase();
  return serveDashboard({
    databaseUrl: store.url,
    settings: { DASHBOARD_TOKEN: secret, ...settings },
    now: () => now,
  });
};
beforeEach(async () => {
  now = new Date('2026-11-25T22:10:00Z');
  dashboard = await open();
});
afterEach(() => dashboard.close());
afterAll(() => store?.close());

const host = () => new URL(dashboard.url).host;
const fieldOf = ({ body }: RawAnswer, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';

async function signIn(typed: string, { to = '/', path = '/' } = {}): Promise<RawAnswer> {
  const asked = await rawRequest(dashboard.url, { path });
  return send('/sign-in', { secret: typed, token: fieldOf(asked, 'token'), to });
}

function send(path: string, fields: Readonly<Record<string, string>>, cookie?: string): Promise<RawAnswer> {
  return rawRequest(dashboard.url, {
    ...{ method: 'POST', path },
    headers: {
      host: host(),
      origin: `http://${host()}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const see = (cookie: string, path = '/') => rawRequest(dashboard.url, { path, headers: { cookie } });
const cookieOf = ({ headers }: RawAnswer) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

test('nobody sees a page, or whether there is one, before he has said the token', async () => {
  for (const path of ['/', '/nowhere', '/runs', '/sign-out']) {
    const { status, body } = await rawRequest(dashboard.url, { path });
    expect([status, body]).toEqual([401, expect.stringContaining('Sign in')]);
    expect(body).not.toContain('Pipelines');
  }
});

test('what the form is made with, and that the dashboard answers, is open', async () => {
  for (const path of ['/assets/app.css', '/assets/inter.woff2', '/health'])
    expect((await rawRequest(dashboard.url, { path })).status).toBe(200);
});

test('the right token leads back to where one wanted to go, with a cookie that no script and no other site has', async () => {
  const asked = await rawRequest(dashboard.url, { path: '/runs?flow=x' });
  const to = fieldOf(asked, 'to');
  expect(to).toBe('/runs?flow=x');
  const answer = await signIn(secret, { to });
  expect([answer.status, answer.headers.location]).toEqual([303, '/runs?flow=x']);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$|HttpOnly.*SameSite=Strict/);
  expect(cookie).not.toContain('Secure');
  expect(cookie).not.toContain(secret);
  const { status, body } = await see(cookieOf(answer));
  expect([status, body]).toEqual([200, expect.stringContaining('Pipelines')]);
  expect(body).not.toContain(secret);
});

test('a wrong token costs nobody his way', async () => {
  const wrong = await signIn('wrong', { to: '/runs?flow=x' });
  expect(fieldOf(wrong, 'to')).toBe('/runs?flow=x');
  const again = await rawRequest(dashboard.url, { path: '/sign-in' });
  expect([again.status, again.headers.location]).toEqual([303, '/']);
});

test('nothing that is open to strangers tells what the forms of pages bring along', async () => {
  const acting = fieldOf(await see(cookieOf(await signIn(secret))), 'token');
  expect(acting).not.toBe('');
  for (const path of ['/', '/assets/nowhere', '/assets/app.css', '/sign-in', '/health', '/runs'])
    expect((await rawRequest(dashboard.url, { path })).body).not.toContain(acting);
});

test('behind a proxy with TLS the cookie goes nowhere else', async () => {
  const proxied = await open({ DASHBOARD_URL: 'https://bars.example.com' });
  const named = { host: 'bars.example.com', origin: 'https://bars.example.com' };
  const asked = await rawRequest(proxied.url, { headers: { host: named.host } });
  const { headers } = await rawRequest(proxied.url, {
    ...{ method: 'POST', path: '/sign-in' },
    headers: { ...named, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ secret, token: fieldOf(asked, 'token') }).toString(),
  });
  expect(headers['set-cookie']?.[0]).toContain('; Secure');
  await proxied.close();
});

test.each(['', 'wrong', `${secret}x`, secret.slice(0, -1), secret.toUpperCase()])(
  'the token %j is not it',
  async (typed) => {
    const answer = await signIn(typed);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(answer.body).toContain('That is not the token.');
  },
);

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/a b', ''])(
  'nobody is sent on to %j',
  async (to) => {
    expect((await signIn(secret, { to })).headers.location).toBe('/');
  },
);

test('a cookie that we have not written opens nothing, nor one whose time is over, nor that of another process', async () => {
  const cookie = cookieOf(await signIn(secret));
  const [name, value = ''] = cookie.split('=');
  const [until = '', digest = ''] = value.split('.');
  for (const forged of [
    '',
    'x',
    secret,
    `${until}.`,
    `${Number(until) + 1}.${digest}`,
    `NaN.${digest}`,
    `${value}x`,
  ])
    expect((await see(`${name}=${forged}`)).status, forged).toBe(401);
  expect((await see(cookie)).status).toBe(200);
  const other = await open();
  expect((await rawRequest(other.url, { headers: { cookie } })).status).toBe(401);
  await other.close();
  now = new Date(now.getTime() + 12 * 3_600_000);
  expect((await see(cookie)).status).toBe(401);
});

test('a session ends by its form, which needs the token of the pages and not that of the sign-in', async () => {
  const signedIn = await signIn(secret);
  const cookie = cookieOf(signedIn);
  const acting = fieldOf(await see(cookie), 'token');
  const stranger = fieldOf(await rawRequest(dashboard.url), 'token');
  expect((await send('/sign-out', { token: stranger }, cookie)).status).toBe(403);
  expect((await send('/sign-out', { token: acting })).status).toBe(401);
  const ended = await send('/sign-out', { token: acting }, cookie);
  expect([ended.status, ended.headers['set-cookie']?.[0]]).toEqual([
    303,
    expect.stringContaining('Max-Age=0'),
  ]);
});

test('after ten wrong ones within a minute nobody there is heard until it is over', async () => {
  for (let tries = 0; tries < 10; tries += 1) expect((await signIn('wrong')).status).toBe(401);
  const held = await signIn(secret);
  expect([held.status, held.headers['retry-after']]).toEqual([429, '60']);
  now = new Date(now.getTime() + 60_000);
  expect((await signIn(secret)).status).toBe(303);
});

test('neither token, cookie nor what was typed is ever logged, nor in an address', async () => {
  const answer = await signIn(secret);
  await signIn('typed-by-mistake-1234');
  await see(cookieOf(answer), '/nowhere');
  const said = dashboard.log() + String(answer.headers.location);
  for (const told of [secret, 'typed-by-mistake', cookieOf(answer).split('=')[1] ?? ''])
    expect(said).not.toContain(told);
});

test.each([
  [
    { DASHBOARD_HOST: '0.0.0.0' },
    'DASHBOARD_HOST 0.0.0.0 opens the dashboard to other machines: set DASHBOARD_TOKEN',
  ],
  [{ DASHBOARD_HOST: '192.168.1.10' }, 'set DASHBOARD_TOKEN'],
  [{ DASHBOARD_HOST: '::' }, 'set DASHBOARD_TOKEN'],
  [
    { DASHBOARD_HOST: '0.0.0.0', DASHBOARD_TOKEN: 'x'.repeat(31) },
    'DASHBOARD_TOKEN must be at least 32 characters',
  ],
  [{ DASHBOARD_HOST: 'localhost' }, 'DASHBOARD_HOST must be'],
  [{ DASHBOARD_URL: 'https://bars.example.com/below' }, 'DASHBOARD_URL must be'],
  [{ DASHBOARD_URL: 'javascript:alert(1)' }, 'DASHBOARD_URL must be'],
  [{ TEMPORAL_UI_URL: 'javascript:alert(1)' }, 'TEMPORAL_UI_URL must be'],
  [{ DASHBOARD_DATABASE_URL: 'mysql://x' }, 'DASHBOARD_DATABASE_URL must be'],
  [{ DASHBOARD_PORT: '0' }, 'DASHBOARD_PORT must be'],
])('%j is refused: %s', (settings, problem) => {
  expect(() => loadConfig({ ...settings }, null)).toThrow(problem);
});

test.each(['127.0.0.1', '127.0.0.2', '::1'])('on %s it asks for nothing unless told', (host) => {
  expect(loadConfig({ DASHBOARD_HOST: host }, null).dashboard.token).toBeNull();
});
