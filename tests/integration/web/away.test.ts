import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { html } from '../../../src/web/markup.ts';
import type { Page } from '../../../src/web/page.ts';
import { shownOr } from '../../../src/web/parts.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';
import { startSwitchedProxy, type SwitchedProxy } from '../../support/switched-proxy.ts';

/** A page of two sections. */
const page: Page = {
  path: '/one',
  name: 'Today',
  async show(visit) {
    const [rows, system] = await Promise.all([
      visit.read((db) => db.selectFrom('market.runs').select('run_id').execute()),
      visit.ask((client) => client.workflowService.getSystemInfo({})),
    ]);
    return {
      title: 'One',
      body: html`${shownOr(rows, () => html`rows read`)} ${shownOr(system, () => html`server asked`)}`,
    };
  },
};

let store: TestDatabase;
let [postgres, temporal]: SwitchedProxy[] = [];
let dashboard: ServedDashboard;
let now = new Date('2026-11-25T22:08:00Z');

beforeAll(async () => {
  store = await freshDatabase();
  const url = new URL(store.url);
  postgres = await startSwitchedProxy({ host: url.hostname, port: Number(url.port) });
  const [host = '', port] = inject('temporalAddress').split(':');
  temporal = await startSwitchedProxy({ host, port: Number(port) });
  [url.hostname, url.port] = ['127.0.0.1', String(postgres.port)];
  const address = `127.0.0.1:${temporal.port}`;
  dashboard = await serveDashboard({
    ...{ databaseUrl: url.href, pages: [page], now: () => now },
    temporal: () => ({ address, namespace: 'default', connection: { address } }),
  });
});
afterAll(async () => {
  await dashboard.close();
  await Promise.all([postgres?.away(), temporal?.away()]);
  await store.close();
});

async function shown() {
  const answer = await fetch(`${dashboard.url}/one`);
  const body = await answer.text();
  const [text = ''] = /<main[^]*<\/main>/.exec(body) ?? [];
  return {
    status: answer.status,
    text: text
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  };
}

const all = { status: 200, text: 'rows read server asked' };
const back = () => expect.poll(shown, { timeout: 60_000, interval: 200 }).toEqual(all);

test('what is away is said with since when, the rest stands, and it comes back by itself', async () => {
  expect(await shown()).toEqual(all);
  await postgres?.away();
  const away = 'Not read PostgreSQL is away since 16:08: this comes back when it does.';
  expect(await shown()).toEqual({ status: 503, text: `${away} server asked` });
  now = new Date('2026-11-25T23:30:00Z');
  expect(await shown()).toEqual({ status: 503, text: `${away} server asked` });
  await temporal?.away();
  const gone = 'Not read Temporal is away since 17:30: this comes back when it does.';
  expect(await shown()).toEqual({ status: 503, text: `${away} ${gone}` });
  await postgres?.back();
  await expect.poll(shown, { timeout: 60_000 }).toEqual({ status: 200, text: `rows read ${gone}` });
  await temporal?.back();
  await back();
  expect(dashboard.log().match(/PostgreSQL is away/g)).toHaveLength(1);
  expect(dashboard.log().match(/Temporal is away/g)).toHaveLength(1);
  expect(dashboard.log()).toMatch(/PostgreSQL is back[^]*Temporal is back/);
});

test('who is away when the dashboard starts is found once it is there', async () => {
  await Promise.all([postgres?.away(), temporal?.away()]);
  const address = `127.0.0.1:${temporal?.port}`;
  const url = new URL(store.url);
  [url.hostname, url.port] = ['127.0.0.1', String(postgres?.port)];
  const other = dashboard;
  dashboard = await serveDashboard({
    ...{ databaseUrl: url.href, pages: [page], now: () => now },
    temporal: () => ({ address, namespace: 'default', connection: { address } }),
  });
  await other.close();
  expect(await shown()).toEqual({
    status: 503,
    text: expect.stringMatching(/PostgreSQL is away since .* Temporal is away since/) as string,
  });
  await Promise.all([postgres?.back(), temporal?.back()]);
  await back();
});
