import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { addLoads, addRun } from '../../support/ledger-rows.ts';
import { actingMarkup, readText, walkPages, type WalkedPage } from '../../support/page-walk.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

const marks = [
  `<img src=x onerror=alert(1)>`,
  `"'><script>alert(2)</script>`,
  'javascript:alert(3)',
  '\u202eevil\u2066',
];
const hostile = marks.join(' ');
let store: TestDatabase;
let dashboard: ServedDashboard;
let pages: readonly WalkedPage[];

beforeAll(async () => {
  store = await freshDatabase();
  const { db } = store;
  for (const mark of marks) {
    const summary = {
      totalSymbols: 1,
      failed: 1,
      wentOnWithout: mark,
      error: { kind: mark, message: mark },
      [mark]: mark,
    };
    const row = { workflowId: mark, startedBy: mark, parameters: { [mark]: mark }, summary };
    const parentRunId = await addRun(db, { ...row, flow: mark });
    const runId = await addRun(db, { ...row, parentRunId });
    await addRun(db, { ...row, flow: mark, parentRunId: runId, status: 'failed' });
    await addLoads(db, runId, [{ symbol: mark, status: 'failed', kind: mark, message: mark }]);
    await sql`insert into market.load_requests (run_id, wave, batch, ticker, range_start, range_end, status, error_kind,
        error_message) values (${runId}, 0, 0, ${mark}, '2026-11-24', '2026-11-24', 'failed', ${mark}, ${mark})`.execute(
      db,
    );
    const { rows } = await sql<{
      id: number;
    }>`insert into market.instruments (symbol, name, active, told_by, watched)
      values (${mark}, ${mark}, true, 'polygon', true) returning id`.execute(db);
    const id = rows[0]?.id ?? 0;
    await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled, endpoint,
        run_id, observed_at)
      select ${id}, source, '2026-11-23', 1, 1, 1, 1, 1, true, 'series', ${runId}, now()
      from unnest(array['polygon', 'yahoo']) source`.execute(db);
    await sql`insert into market.quality_findings (rule, severity, instrument_id, source, interval, range_start, range_end, evidence)
      values (${mark}, 'error', ${id}, 'polygon', '1d', '2026-11-23', '2026-11-23', ${JSON.stringify({ [mark]: mark })}::jsonb)`.execute(
      db,
    );
    await sql`insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval, range_start,
        range_end, status, error_kind, error_message)
      values ('any', ${runId}, ${mark}, ${id}, 'polygon', '1d', '2026-11-23', '2026-11-24', 'failed', ${mark}, ${mark})`.execute(
      db,
    );
    await sql`insert into market.run_events (run_id, level, symbol, message) values (${runId}, 'warn', ${mark}, ${mark})`.execute(
      db,
    );
  }
  dashboard = await serveDashboard({ databaseUrl: store.url, now: () => new Date('2026-11-25T22:10:00Z') });
  const query = encodeURIComponent(hostile);
  const asked = ['flow', 'status', 'error', 'symbol', 'from', 'after', 'tab', 'level'].map(
    (name) => `${name}=${query}`,
  );
  const from = [
    '/',
    '/runs',
    '/coverage',
    ...marks.flatMap((mark) => [
      `/coverage?symbol=${encodeURIComponent(mark)}`,
      `/coverage/closer?symbol=${encodeURIComponent(mark)}&session=2026-11-23`,
      `/coverage?symbol=${encodeURIComponent(mark.slice(0, 30))}`,
    ]),
    ...['source', 'interval', 'order', 'session', 'to', 'page'].map((name) => `/coverage?${name}=${query}`),
    `/${query}`,
    `/runs/${encodeURIComponent(marks[2] ?? '')}/x`,
    ...asked.map((one) => `/runs?${one}`),
  ];
  pages = await walkPages(dashboard.url, { from, most: 400 });
});
afterAll(async () => {
  await dashboard.close();
  await store.close();
});

test('every page is come to, and none fails', () => {
  expect(pages.length).toBeGreaterThan(60);
  expect(pages.filter(({ status }) => status >= 500).map(({ path }) => path)).toEqual([]);
  for (const tab of ['loads', 'requests', 'events', 'parameters'])
    expect(pages.filter(({ path }) => path.includes(`tab=${tab}`)).length).toBeGreaterThan(3);
});

test('what rows and addresses hold is shown, and is text', () => {
  const text = pages.map(({ body }) => readText(body.replaceAll(/<[^>]*>/g, ''))).join('\n');
  for (const mark of marks.slice(0, 3)) expect(text).toContain(mark);
  for (const { path, body } of pages.filter(({ isMarkup }) => isMarkup))
    expect([path, actingMarkup(body)]).toEqual([path, []]);
});

test('what turns the direction of text turns nothing but itself', () => {
  for (const { path, body } of pages) {
    const held = body.replaceAll(/<bdi>[^<]*<\/bdi>/g, '');
    expect([path, /[\u202e\u2066]/.test(held)]).toEqual([path, false]);
  }
});

test('a link stays in the dashboard, or leads to a web page', () => {
  for (const { body } of pages)
    for (const [, href = ''] of body.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^(\/|#|https?:\/\/)/);
});
