import { expect, test } from 'vitest';
import { inspectConfig } from '../../src/config.ts';
import { bareUrl } from '../../src/domain/bare-url.ts';
import { openStore, requireConnection } from '../../src/store/database.ts';

test.each([
  ['postgres://me:secret@host:5432/trading?sslmode=require', 'postgres://me@host:5432/trading'],
  ['postgres://host/trading?user=me&password=secret#secret', 'postgres://host/trading'],
  ['postgres:///trading?host=/run/postgresql&sslpassword=secret', 'postgres:///trading'],
])('%s is shown as %s', (url, shown) => {
  expect(bareUrl(url)).toBe(shown);
});

test('no part of a database’s URL that may be secret is in the report of the settings', () => {
  const { reports } = inspectConfig(
    { DATABASE_URL: 'postgres://me:hunter2@host:5432/trading?sslmode=require&sslpassword=hunter3' },
    null,
  );
  const report = reports.find(({ name }) => name === 'DATABASE_URL');
  expect(report?.value).toBe('postgres://me:***@host:5432/trading');
});

test('nor in what is said of a database that cannot be reached', async () => {
  const url = 'postgres://me:hunter2@127.0.0.1:1/trading?application_name=hunter3';
  const store = openStore(url, { name: 'test' });
  const error: unknown = await requireConnection(store, url).catch((thrown: unknown) => thrown);
  await store.close();
  expect(error).toMatchObject({
    name: 'DatabaseUnreachable',
    message: expect.stringContaining('postgres://me@127.0.0.1:1/trading: ') as unknown,
  });
  expect(String(error)).not.toMatch(/hunter/);
});
