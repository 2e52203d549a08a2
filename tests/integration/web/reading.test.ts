import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createConnections } from '../../../src/web/connections.ts';
import { html } from '../../../src/web/markup.ts';
import { shownOr } from '../../../src/web/parts.ts';
import type { Page } from '../../../src/web/page.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { houseRoot } from '../../support/house-files.ts';
import { addRun } from '../../support/ledger-rows.ts';
import { serveDashboard } from '../../support/served-dashboard.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

const none = () => {
  throw new Error('no Temporal');
};

test.each([
  `insert into market.installation (market) values ('live')`,
  `update market.runs set status = 'failed'`,
  'delete from market.run_events',
  'create table market.mine (one integer)',
  'truncate market.load_runs cascade',
  'drop schema market cascade',
])('the pages cannot %s', async (statement) => {
  const connections = createConnections({ databaseUrl: () => store.url, temporal: none }, () => undefined);
  const { db } = await connections.readingStore();
  await expect(sql.raw(statement).execute(db)).rejects.toMatchObject({ code: '25006' });
  await connections.close();
});

/** A page that asks one thing. */
const asking = (statement: string): Page => ({
  path: '/one',
  name: 'Today',
  async show(visit) {
    const found = await visit.read((db) => sql.raw(statement).execute(db));
    return { title: 'One', body: shownOr(found, () => html`<p>done</p>`) };
  },
});

async function answerTo(statement: string) {
  const dashboard = await serveDashboard({ databaseUrl: store.url, pages: [asking(statement)] });
  const answer = await fetch(`${dashboard.url}/one`);
  const body = await answer.text();
  await dashboard.close();
  return { status: answer.status, body, log: dashboard.log() };
}

test('what takes longer than five seconds is given up, and the page says so', async () => {
  const { status, body } = await answerTo('select pg_sleep(60)');
  expect([status, body]).toEqual([503, expect.stringContaining('PostgreSQL took too long to answer')]);
});

test('what cannot be read costs its own part of the page; why is in the log alone', async () => {
  const { status, body, log } = await answerTo(`select 'secret-detail' from nowhere`);
  expect([status, body]).toEqual([500, expect.stringContaining('This could not be read')]);
  expect(body).not.toContain('nowhere');
  expect(log).toContain('nowhere');
});

test('a database that is not prepared is told with what to do', async () => {
  const bare = await freshDatabase({ template: 'template1' });
  const dashboard = await serveDashboard({ databaseUrl: bare.url });
  const answer = await fetch(dashboard.url);
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('barwright db migrate'),
  ]);
  await dashboard.close();
  await bare.close();
});

/** The statements that the runbook has for such a role. */
function grantsOfRunbook(): readonly string[] {
  const text = readFileSync(path.join(houseRoot, 'docs/operations.md'), 'utf8');
  const block = /```sql\n([^`]*barwright_dashboard[^`]*)```/.exec(text)?.[1] ?? '';
  return block.split(';').flatMap((statement) => (statement.trim() === '' ? [] : [statement.trim()]));
}

test('a role with the grants of the runbook reads every page, and nothing more', async () => {
  const grants = grantsOfRunbook();
  expect(grants).toHaveLength(5);
  const role = `reader_${Math.random().toString(36).slice(2)}`;
  const { rows } = await sql<{ owner: string }>`select current_user as owner`.execute(store.db);
  for (const grant of grants) {
    const statement = grant
      .replaceAll('barwright_dashboard', role)
      .replace('role barwright ', `role ${rows[0]?.owner} `)
      .replace(`'...'`, `'reading'`);
    await sql.raw(statement).execute(store.db);
  }
  const runId = await addRun(store.db);
  const url = new URL(store.url);
  [url.username, url.password] = [role, 'reading'];
  const dashboard = await serveDashboard({ databaseUrl: url.href });
  const pages = ['/', '/runs', '/runs?symbol=aapl', `/runs/x/${runId}`];
  for (const tab of ['loads', 'requests', 'events', 'parameters']) pages.push(`/runs/x/${runId}?tab=${tab}`);
  for (const page of pages) expect([page, (await fetch(dashboard.url + page)).status]).toEqual([page, 200]);
  await dashboard.close();
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await expect(client.query('delete from market.runs')).rejects.toMatchObject({ code: '42501' });
  await client.end();
  await sql.raw(`drop owned by ${role}`).execute(store.db);
  await sql.raw(`drop role ${role}`).execute(store.db);
});

test('who reads for others leaves no connection behind', async () => {
  const connected = async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where application_name = 'barwright dashboard' and datname = current_database()`.execute(store.db);
    return rows[0]?.count;
  };
  const dashboard = await serveDashboard({ databaseUrl: store.url });
  await expect.poll(connected).toBe(0);
  await Promise.all(Array.from({ length: 40 }, () => fetch(dashboard.url).then((answer) => answer.text())));
  expect(await connected()).toBeLessThanOrEqual(4);
  await dashboard.close();
  await expect.poll(connected).toBe(0);
});
