import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { sessionDatesBetween } from '../../../src/calendar/exchange-calendar.ts';
import { recordFindings } from '../../../src/store/findings.ts';
import { coveredMarket } from '../../support/covered-market.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

/** Of the evening of a session, once the daily run should have been. */
let now = '2024-03-09T03:30:00Z';
let store: TestDatabase;
let dashboard: ServedDashboard;
beforeAll(async () => {
  store = await freshDatabase();
  await sql`insert into market.workers (identity, pool, market, base_urls, host, pid, seen_at)
    select pool, pool, 'simulated', '{}', 'here', 1, now() + interval '1 day'
    from unnest(array['data-ingestion', 'analytics', 'maintenance']) pool`.execute(store.db);
  dashboard = await serveDashboard({ databaseUrl: store.url, now: () => new Date(now) });
});
afterAll(async () => {
  await dashboard.close();
  await store.close();
});

test('a database in which nothing has run yet is told what to begin with', async () => {
  const answer = await fetch(dashboard.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('Nothing has been brought yet');
});

/** What a page says, without its markup. */
async function said(path = '/'): Promise<string> {
  const text = await (await fetch(`${dashboard.url}${path}`)).text();
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
}

async function run(flow: string, over: { status?: string; endedAt?: string; summary?: object } = {}) {
  const { status = 'completed', endedAt = '2024-03-09T02:01:00Z', summary = {} } = over;
  const runId = randomUUID();
  await sql`insert into market.runs (run_id, workflow_id, flow, parameters, sessions, status, started_at, closed_at, summary)
    values (${runId}, ${`w ${runId}`}, ${flow}, '{}', '{}', ${status}, '2024-03-09T02:00:00Z', ${endedAt},
      ${JSON.stringify({ totalSymbols: 2, failed: 0, changedRecords: 1, ...summary })}::jsonb)`.execute(
    store.db,
  );
  return runId;
}

/** A run that asks again for what a repair has not brought, a day and three after. */
async function asksAgain({
  closed = false,
  ...wish
}: {
  closed?: boolean;
  range: object | null;
  symbols?: string[];
}) {
  const runId = await run('reask-gaps', { status: closed ? 'completed' : 'running' });
  await sql`update market.runs set parameters = ${JSON.stringify({ ...wish, againAfterSeconds: [86_400, 259_200] })}::jsonb,
    closed_at = case when ${closed} then closed_at end where run_id = ${runId}`.execute(store.db);
}

test('what is late, what is missing, what failed and what was found stand in front, worst first, and go as they are mended', async () => {
  const market = coveredMarket(store);
  const dates = sessionDatesBetween({ from: '2024-02-26', to: '2024-03-08' });
  const [one, two] = [await market.instrument('AONE'), await market.instrument('BTWO')];
  await market.bars(one, dates);
  await market.bars(two, dates.slice(0, -2));
  const failed = await run('polygon-daily-ingestion', { summary: { failed: 1 } });
  const load = async (runId: string, status: string) =>
    await sql`insert into market.load_runs (workflow_id, run_id, symbol, instrument_id, data_source, interval, range_start,
        range_end, status, error_kind) values ('w', ${runId}, 'BTWO', ${two}, 'polygon', '1d', '2024-03-07', '2024-03-08', ${status},
        ${status === 'failed' ? 'Timeout' : null})`.execute(store.db);
  await load(failed, 'failed');
  await recordFindings(store.db, null, [
    {
      ...{ rule: 'wick', severity: 'error', instrumentId: one, source: 'polygon', interval: '1d' },
      ...{ range: { from: '2024-03-01', to: '2024-03-01' }, evidence: {} },
    },
  ]);
  const text = await said();
  expect(text).toContain('4 things need attention');
  expect(text).toContain('Late Polygon 1d lacks bars of 8 Mar 2024, expected by 20:00 1 of 2 symbols');
  expect(text).toContain('Gap Polygon 1d bars lack though they are final, of 7 Mar 2024');
  expect(text).toContain('Failed 1 load of polygon-daily-ingestion failed');
  expect(text).toContain('Finding 1 error of the rule wick AONE');

  await asksAgain({ range: { from: '2024-03-01', to: '2024-03-07' } });
  expect(await said()).toContain('of 7 Mar 2024 BTWO 1 asked for, and again at Sat 9 Mar 20:00');
  for (const other of [
    { range: { from: '2024-03-08', to: '2024-03-08' } },
    { range: null, symbols: ['AONE'] },
    { range: null, closed: true },
  ]) {
    await sql`delete from market.runs where flow = 'reask-gaps'`.execute(store.db);
    await asksAgain(other);
    expect(await said()).toContain('barwright repair --from 2024-03-07 --to 2024-03-07');
  }
  await asksAgain({ range: null, symbols: ['BTWO', 'AONE'] });
  expect(await said()).toContain('again at');

  await market.bars(two, dates.slice(-2));
  await load(await run('polygon-daily-ingestion', { endedAt: '2024-03-09T03:01:00Z' }), 'success');
  await sql`update market.quality_findings set status = 'repaired'`.execute(store.db);
  const mended = await said();
  expect(mended).toContain('All is well');
  expect(mended).not.toContain('Needs attention');
  expect(mended).toContain('Polygon 8 Mar 2024 is complete and settled.');
});

test('before its hour a session is not late, and a day without one says so', async () => {
  await sql`delete from market.daily_bars where session_date = '2024-03-08'`.execute(store.db);
  now = '2024-03-08T23:00:00Z';
  const early = await said();
  expect(early).toContain('not yet 20:00');
  expect(early).toContain('All is well');
  now = '2024-11-28T18:00:00Z';
  expect(await said()).toContain('No session today.');
});
