import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../support/command-line.ts';
import { composeStack, type ComposeStack } from '../support/compose-stack.ts';
import { productionObstacle } from '../support/production-obstacle.ts';

const obstacle = productionObstacle();
const secrets = {
  POSTGRES_SUPERUSER_PASSWORD: 'canary super\' \\ "1',
  POSTGRES_PASSWORD: 'canary own\' \\ "2',
  TEMPORAL_POSTGRES_PASSWORD: 'canary-temporal-3',
};
const simulated = { ...secrets, MARKET: 'simulated' };

let stack: ComposeStack;

async function query<Row extends pg.QueryResultRow>(
  text: string,
  { database = 'postgres', user, password }: { database?: string; user?: string; password?: string } = {},
): Promise<readonly Row[]> {
  const url = new URL(stack.databaseUrl(database));
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = encodeURIComponent(password);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** One line with a cause and a remedy, and no word of a secret. */
function refusal({ code, stderr, stdout }: CommandResult): string {
  const lines = stderr.trim().split('\n');
  expect([code, lines.length, stderr + stdout]).toEqual([2, 1, expect.not.stringContaining('canary')]);
  expect(stderr).toMatch(/^barwright: .+; .+\n$/);
  return lines[0] ?? '';
}

describe.skipIf(obstacle !== null)(
  `what is wrong with an installation${obstacle === null ? '' : `, which is not tried, as ${obstacle}`}`,
  () => {
    beforeAll(async () => {
      stack = await composeStack(simulated);
      await stack.up('migrate');
    });
    afterAll(() => stack.down());

    test('roles have the rights that they need and no others', async () => {
      const roles = await query(
        "select rolname, rolsuper, rolcreatedb, rolcanlogin from pg_roles where rolname !~ '^pg_|postgres' order by 1",
      );
      expect(roles).toEqual([
        { rolname: 'barwright', rolsuper: false, rolcreatedb: false, rolcanlogin: true },
        { rolname: 'barwright_reader', rolsuper: false, rolcreatedb: false, rolcanlogin: false },
        { rolname: 'temporal', rolsuper: false, rolcreatedb: false, rolcanlogin: true },
      ]);
      const owners = await query<{ datname: string; owner: string }>(
        'select datname, pg_get_userbyid(datdba) as owner from pg_database where not datistemplate order by 1',
      );
      expect(owners.map(({ datname, owner }) => [datname, owner])).toEqual([
        ['postgres', 'postgres'],
        ['temporal', 'temporal'],
        ['temporal_visibility', 'temporal'],
        ['trading', 'barwright'],
        ['trading_simulated', 'barwright'],
      ]);
      const strange = { database: 'trading', user: 'temporal', password: secrets.TEMPORAL_POSTGRES_PASSWORD };
      await expect(query('select 1', strange)).rejects.toThrow('permission denied for database');
    });

    test('the reader reads what is there by then and later, and writes nothing', async () => {
      const reader = { database: 'trading_simulated', user: 'barwright_reader', password: 'canary-reader' };
      await expect(query('select 1', reader)).rejects.toThrow();
      const changed = { with: { POSTGRES_READER_PASSWORD: reader.password } };
      expect(await stack.run('databases', changed)).toMatchObject({ code: 0 });
      expect(await query('select count(*)::int as n from market.load_runs', reader)).toEqual([{ n: 0 }]);
      await expect(query('create table market.mine ()', reader)).rejects.toThrow('read-only');
      await expect(query('delete from market.load_runs', reader)).rejects.toThrow();
    });

    test('a volume made with another password of the superuser says so', async () => {
      const wrong = await stack.run('databases', { with: { POSTGRES_SUPERUSER_PASSWORD: 'canary-other' } });
      expect(refusal(wrong)).toMatch(
        /refuses the password of its superuser postgres.*another POSTGRES_SUPERUSER_PASSWORD; set that one/,
      );
    });

    test('a new password of a role is given to it; one that it has not is refused', async () => {
      const fresh = { with: { POSTGRES_PASSWORD: 'canary-fresh', TEMPORAL_POSTGRES_PASSWORD: 'canary-new' } };
      expect(refusal(await stack.run('migrate', fresh))).toMatch(
        /no connection to .*password authentication failed.*; .*correct/,
      );
      expect(refusal(await stack.run('temporal-schema', fresh))).toMatch(
        /refuses the password of the role temporal; correct TEMPORAL_POSTGRES_PASSWORD/,
      );
      expect(await stack.run('databases', fresh)).toMatchObject({ code: 0 });
      expect(await stack.run('migrate', fresh)).toMatchObject({ code: 0 });
      expect(await stack.run('databases')).toMatchObject({ code: 0 });
    });

    test('secrets of files are taken, and a wrong one is named', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'barwright-secrets-'));
      const file = path.join(folder, 'password');
      writeFileSync(file, `${secrets.POSTGRES_PASSWORD}\n`);
      const filed = { with: { POSTGRES_PASSWORD: '', POSTGRES_PASSWORD_FILE: file } };
      expect(await stack.run('databases', filed)).toMatchObject({ code: 0 });
      expect(await stack.run('migrate', filed)).toMatchObject({ code: 0 });
      const both = { with: { POSTGRES_PASSWORD_FILE: file } };
      for (const service of ['databases', 'migrate'])
        expect(refusal(await stack.run(service, both))).toMatch(
          /POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set/,
        );
      writeFileSync(file, '\n');
      for (const service of ['databases', 'migrate'])
        expect(refusal(await stack.run(service, filed))).toMatch(/POSTGRES_PASSWORD.* is empty/);
      rmSync(folder, { recursive: true });
      for (const service of ['databases', 'migrate'])
        expect(refusal(await stack.run(service, filed))).toMatch(/POSTGRES_PASSWORD_FILE.*cannot be read/);
    });

    test('an old volume gets what it lacks', async () => {
      await query('drop owned by barwright_reader', { database: 'trading_simulated' });
      await query('drop owned by barwright_reader', { database: 'trading' });
      await query('drop role barwright_reader');
      await query('drop database temporal_visibility');
      await query('alter database trading owner to postgres');
      expect(await stack.run('databases')).toMatchObject({ code: 0 });
      expect(await stack.run('migrate', { with: { MARKET: 'live' } })).toMatchObject({ code: 0 });
      const there = await query("select from pg_database where datname = 'temporal_visibility'");
      expect(there).toHaveLength(1);
    });

    test('a database of the other market, and one of a later release, are refused', async () => {
      const other = { with: { MARKET: 'live', TRADING_DB_NAME: 'trading_simulated' } };
      expect(refusal(await stack.run('migrate', other))).toMatch(
        /holds the simulated market, not the live one; set MARKET/,
      );
      const later = "insert into public.kysely_migration (name, timestamp) values ('9999-later', '2026')";
      await query(later, { database: 'trading_simulated' });
      expect(refusal(await stack.run('migrate'))).toMatch(
        /later release than this program.*9999-later; run the release/,
      );
      await query("delete from public.kysely_migration where name = '9999-later'", {
        database: 'trading_simulated',
      });
    });

    test('PostgreSQL that is not there is named', async () => {
      await stack.stop('postgres');
      expect(refusal(await stack.run('databases'))).toMatch(
        /no connection to PostgreSQL at .*; see docker compose logs postgres/,
      );
      expect(refusal(await stack.run('migrate'))).toMatch(/no connection to/);
      await stack.up('postgres');
      expect(await stack.run('migrate')).toMatchObject({ code: 0 });
      expect(stack.databaseLog()).toContain('password authentication failed');
      expect(stack.databaseLog()).not.toContain('canary');
    });
  },
);
