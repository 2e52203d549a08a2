import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { commandLine, ended } from '../../support/command-line.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

interface Started {
  readonly url: string;
  /** Ends it by a signal; returns its exit code and what it has said. */
  readonly end: (signal: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly said: string }>;
}

async function start(settings: Readonly<Record<string, string>>): Promise<Started> {
  const command = commandLine({ MARKET: 'simulated', ...settings });
  const child = command.start('dashboard');
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const told = /dashboard: (\S+);/.exec(said)?.[1];
      if (told !== undefined) resolve(told);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
  return {
    url,
    async end(signal) {
      const exit = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      const [code] = await exit;
      rmSync(command.home, { recursive: true, force: true });
      return { code, said };
    },
  };
}

test.each([
  ['SIGTERM', 0],
  ['SIGINT', 130],
  ['SIGHUP', 0],
] as const)('%s ends it in order, with %i, pages that are open or not', async (signal, code) => {
  const { url, end } = await start({ DATABASE_URL: store.url });
  expect((await fetch(url)).status).toBe(200);
  const said = await end(signal);
  expect(said.code).toBe(code);
  expect(said.said).not.toMatch(/Error/);
});

test('it serves before there is a database, and says so on its pages', async () => {
  const { url, end } = await start({});
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('PostgreSQL is away since'),
  ]);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  await end('SIGTERM');
});

test('a port that was set and is taken is an error, one that was not gives way', async () => {
  const taken = createServer().listen({ host: '127.0.0.1', port: 0, exclusive: true });
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const command = commandLine({ MARKET: 'simulated', DASHBOARD_PORT: port });
  const { code, stderr } = await ended(command.start('dashboard'));
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(`port ${port} on 127.0.0.1 is taken; .*DASHBOARD_PORT`),
  ]);
  taken.close();
  // Of two at once one has the usual port at most.
  const [one, other] = await Promise.all([start({}), start({})]);
  expect(one.url).not.toBe(other.url);
  await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')]);
});

test.each([
  [{ DASHBOARD_HOST: '0.0.0.0' }, /opens the dashboard to other machines: set DASHBOARD_TOKEN, at least 32/],
  [
    { DASHBOARD_HOST: '192.0.2.1', DASHBOARD_TOKEN: 'x'.repeat(32) },
    /192.0.2.1 is no address of this machine; set DASHBOARD_HOST/,
  ],
  [{ DASHBOARD_TOKEN: 'short-secret' }, /DASHBOARD_TOKEN must be at least 32 characters/],
] as const)('%j is refused with 2 before anything is served', async (settings, message) => {
  const command = commandLine({ MARKET: 'simulated', ...settings });
  const { code, stderr } = await ended(command.start('dashboard'));
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(stderr).not.toContain('short-secret');
});

test('with a role of its own, and a token, neither is in anything that it says', async () => {
  const url = new URL(store.url);
  url.password = 'password-of-the-reader';
  const token = 'token-of-the-dashboard-0123456789';
  const { url: at, end } = await start({
    DASHBOARD_DATABASE_URL: url.href,
    DASHBOARD_TOKEN: token,
    LOG_LEVEL: 'trace',
  });
  expect((await fetch(at)).status).toBe(401);
  const { said } = await end('SIGTERM');
  expect(said).not.toMatch(/password-of|token-of/);
});
