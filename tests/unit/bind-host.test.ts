import { expect, test } from 'vitest';
import { ConfigurationError, inspectConfig, loadConfig } from '../../src/config.ts';
import { reachedAt } from '../../src/domain/loopback.ts';

const password = 'of-the-server';

test('local servers listen on the loopback unless another address is named', () => {
  expect(loadConfig({}, null).bindHost).toBe('127.0.0.1');
  expect(loadConfig({ BIND_HOST: '' }, null).bindHost).toBe('127.0.0.1');
  const { bindHost, database } = loadConfig({ BIND_HOST: '0.0.0.0', POSTGRES_PASSWORD: password }, null);
  expect([bindHost, database]).toEqual(['0.0.0.0', { external: null, name: 'trading_simulated', password }]);
});

test.each(['0.0.0.0', '127.0.0.2', '192.168.1.10'])('%s wants a password for PostgreSQL', (host) => {
  const load = () => loadConfig({ BIND_HOST: host }, null);
  expect(load).toThrow(ConfigurationError);
  expect(load).toThrow(
    `BIND_HOST ${host} opens the local PostgreSQL to other machines: set POSTGRES_PASSWORD`,
  );
  expect(() => loadConfig({ BIND_HOST: host, POSTGRES_PASSWORD: '  ' }, null)).toThrow(
    'set POSTGRES_PASSWORD',
  );
});

test.each([{ DATABASE_URL: 'postgres://u@db:5432/trading' }, { POSTGRES_HOST: 'db' }])(
  'a database elsewhere needs none here: %o',
  (elsewhere) => {
    expect(loadConfig({ BIND_HOST: '0.0.0.0', ...elsewhere }, null).bindHost).toBe('0.0.0.0');
  },
);

test.each(['localhost', '::', '0.0.0.0:7233', '256.1.1.1', '127.1', '*', 'http://0.0.0.0'])(
  'no address is %s',
  (host) => {
    const { reports, config } = inspectConfig({ BIND_HOST: host, POSTGRES_PASSWORD: password }, null);
    expect(config).toBeNull();
    const problems = reports.flatMap(({ problem }) => problem ?? []);
    expect(problems).toEqual([expect.stringMatching(/^BIND_HOST must be an IPv4 address of this machine/)]);
  },
);

test('the password is shown to nobody', () => {
  const { reports } = inspectConfig({ BIND_HOST: '0.0.0.0', POSTGRES_PASSWORD: password }, null);
  expect(JSON.stringify(reports)).not.toContain(password);
});

test('what listens on every address is reached at the loopback', () => {
  expect(['0.0.0.0', '127.0.0.1', '192.168.1.10'].map(reachedAt)).toEqual([
    '127.0.0.1',
    '127.0.0.1',
    '192.168.1.10',
  ]);
});
