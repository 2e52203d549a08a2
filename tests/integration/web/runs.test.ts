import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { addLoads, addRun } from '../../support/ledger-rows.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

const daily = 'polygon-daily-ingestion';
const hourly = 'yahoo-market-data-hourly';
let store: TestDatabase;
let dashboard: ServedDashboard;
const ids: Record<'good' | 'failed' | 'made' | 'later' | 'open' | 'broken' | 'old', string> = {
  good: '',
  failed: '',
  made: '',
  later: '',
  open: '',
  broken: '',
  old: '',
};

beforeAll(async () => {
  store = await freshDatabase();
  const { db } = store;
  const at = (hour: number, day = 24) => `2026-11-${day}T${String(hour).padStart(2, '0')}:00:00Z`;
  const failing = (symbol: string, instrumentId: number | null) => ({
    ...{ symbol, instrumentId, status: 'failed' },
    ...{ kind: 'RateLimited', message: 'too many requests' },
  });
  ids.old = await addRun(db, { closedAt: '2026-09-01T00:00:00Z', startedAt: '2026-08-31T23:00:00Z' });
  ids.good = await addRun(db, { startedAt: at(1), closedAt: at(2) });
  await addLoads(db, ids.good, [
    { symbol: 'AAPL', instrumentId: 1 },
    {
      symbol: 'MSFT',
      instrumentId: 2,
      status: 'partial',
      kind: 'NotYetAvailable',
      message: 'no bar for 2026-11-23',
    },
  ]);
  const withFailures = { flow: hourly, summary: { totalSymbols: 2, failed: 1 } };
  ids.failed = await addRun(db, { ...withFailures, startedAt: at(3), closedAt: at(4) });
  await addLoads(db, ids.failed, [failing('CRGO', 3), { symbol: 'AAPL', instrumentId: 1 }]);
  ids.made = await addRun(db, { ...withFailures, startedAt: at(5), closedAt: at(6) });
  await addLoads(db, ids.made, [failing('DNLP', 4), failing('NOSUCH', null)]);
  ids.later = await addRun(db, { flow: hourly, startedAt: at(7), closedAt: at(8) });
  await addLoads(db, ids.later, [
    { symbol: 'DNLP', instrumentId: 4 },
    { symbol: 'NOSUCH', instrumentId: 5 },
    { symbol: 'CRGO', instrumentId: 3, session: '2026-11-23' },
  ]);
  const failure = { error: { kind: 'ApplicationFailure', message: 'the plan takes too long' } };
  ids.broken = await addRun(db, { status: 'failed', summary: failure, startedAt: at(9), closedAt: at(10) });
  ids.open = await addRun(db, { status: 'running', summary: null, startedAt: at(11), closedAt: null });
  await addLoads(db, ids.open, [{ symbol: 'AAPL', instrumentId: 1 }]);
  await sql`update market.load_runs set completed_at = null, status = 'pending' where run_id = ${ids.open}`.execute(
    db,
  );
  await addLoads(db, ids.open, [{ symbol: 'MSFT', instrumentId: 2 }]);
  dashboard = await serveDashboard({
    databaseUrl: store.url,
    now: () => new Date('2026-11-25T22:10:00Z'),
    settings: { TEMPORAL_UI_URL: 'http://127.0.0.1:8233/' },
  });
});
afterAll(async () => {
  await dashboard.close();
  await store.close();
});

async function shown(
  path: string,
): Promise<{ readonly status: number; readonly text: string; readonly body: string }> {
  const answer = await fetch(dashboard.url + path);
  const body = await answer.text();
  return { status: answer.status, body, text: body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ') };
}

/** The runs that a page lists, by what they are here. */
async function listed(path: string): Promise<readonly string[]> {
  const { body, status } = await shown(path);
  expect(status).toBe(200);
  return runsIn(body);
}

function runsIn(body: string): readonly string[] {
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const rows = /<tbody>(.*)<\/tbody>/s.exec(body)?.[1]?.split('</tr>') ?? [];
  return rows.flatMap((row) => {
    const id = /href="\/runs\/[^"?]*\/([0-9a-f-]{36})"/.exec(row)?.[1];
    return id === undefined ? [] : (names.get(id) ?? id);
  });
}

test('what goes on comes first, then what has ended by its end', async () => {
  expect(await listed('/runs')).toEqual(['open', 'broken', 'later', 'made', 'failed', 'good', 'old']);
});

test('the first line counts what there was in the last 30 days, and what was made good', async () => {
  const { text } = await shown('/runs');
  expect(text).toContain('6 runs in 30 days: 2 done, 2 with failures, 1 failed, 1 running');
  expect(text).toContain('of those with failures or failed, 1 made good since');
  expect(text).toContain('Runs');
});

test('a failure that a later run has made good says so, and is not red any more', async () => {
  const { body } = await shown('/runs');
  const rowOf = (id: string) => body.split('</tr>').find((row) => row.includes(id)) ?? '';
  expect(rowOf(ids.made)).toContain('<span class="tag off">1 failed, made good</span>');
  expect(rowOf(ids.failed)).toContain('<span class="tag bad">1 failed</span>');
  expect(rowOf(ids.broken)).toContain('<span class="tag bad">Failed</span>');
  expect(rowOf(ids.open)).toContain('<span class="tag run">Running 50 %</span>');
});

test.each([
  [`flow=${hourly}`, ['later', 'made', 'failed']],
  ['status=running', ['open']],
  ['status=with-failures', ['made', 'failed']],
  ['status=failed', ['broken']],
  ['error=NotYetAvailable', ['good']],
  ['error=RateLimited', ['made', 'failed']],
  ['symbol=CRGO', ['later', 'failed']],
  ['symbol=crgo', []],
  [`flow=${hourly}&symbol=AAPL`, ['failed']],
  ['from=2026-11-24&to=2026-11-24', ['open', 'broken', 'later', 'made']],
  ['to=2026-11-23', ['failed', 'good', 'old']],
  ['from=2026-11-25', ['open']],
  ['flow=&status=&error=&symbol=&from=&to=', ['open', 'broken', 'later', 'made', 'failed', 'good', 'old']],
  [`flow=${daily}&status=terminated`, []],
])('of %s are listed %j', async (query, names) => {
  expect(await listed(`/runs?${query}`)).toEqual(names);
});

test('a symbol is looked up as on the command line', async () => {
  await sql`insert into market.instruments (symbol, name, type, exchange, active)
    values ('CRGO', 'Cargo', 'CS', 'XNAS', true)`.execute(store.db);
  expect(await listed('/runs?symbol=crgo')).toEqual(['later', 'failed']);
});

test.each([
  ['flow=no-such-flow', 'flow &quot;no-such-flow&quot; is not one of'],
  ['status=done', 'is not one of running'],
  ['error=a%20b', 'is not the kind of an error'],
  ['symbol=a%20b', 'is not a symbol'],
  ['from=2026-02-30', 'is not a calendar date'],
  ['from=2026-11-25&to=2026-11-24', 'the dates are reversed'],
  ['after=1', 'is not the id of a run'],
  ['flow=a&flow=b', 'flow is given twice'],
  [`status=${'x'.repeat(5000)}`, 'status &quot;xxx'],
  ['status=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E', '&lt;img src=x onerror=alert(1)&gt;'],
  ['symbol=%00', 'is not a symbol'],
])('%s is no list, and says why', async (query, problem) => {
  const { status, body } = await shown(`/runs?${query}`);
  expect(status).toBe(400);
  expect(body).toContain(problem);
  expect(body).not.toContain('<img');
});

test('a list goes on after its last run, whatever has come before meanwhile', async () => {
  const flow = 'sync-universe';
  const at = (number: number) => new Date(Date.UTC(2026, 9, 1, 0, number)).toISOString();
  // Several that have ended at the same moment.
  for (let number = 0; number < 120; number += 1)
    await addRun(store.db, { flow, startedAt: at(0), closedAt: at(number - (number % 7)) });
  const seen: string[] = [];
  let path: string | null = `/runs?flow=${flow}`;
  for (let pages = 0; path !== null && pages < 9; pages += 1) {
    const { body }: { readonly body: string } = await shown(path);
    seen.push(...runsIn(body));
    await addRun(store.db, { flow, startedAt: at(0), closedAt: '2026-11-20T00:00:00Z' });
    const next: RegExpExecArray | null = /href="([^"]*)" rel="next"/.exec(body);
    path = next?.[1]?.replaceAll('&amp;', '&') ?? null;
  }
  expect(seen).toHaveLength(120);
  expect(new Set(seen).size).toBe(120);
});

describe('a run', () => {
  const of = (id: string, rest = '') => shown(`/runs/x/${id}${rest}`);

  test('says what it came to, and leads to its workflow', async () => {
    const { text, body, status } = await of(ids.good);
    expect(status).toBe(200);
    expect(text).toContain(`${daily}, 24 Nov 2026`);
    expect(text).toMatch(/Done .*2 symbols, 0 changed, 6 requests, 1 h 0 min \(usual 1 h 0 min\)/);
    expect(body).toContain(
      `href="http://127.0.0.1:8233/namespaces/default/workflows/polygon-daily-ingestion%2F2026-11-24%2F${ids.good.slice(0, 8)}/${ids.good}/history"`,
    );
    expect(text).toContain('Loads 2');
  });

  test('lists its loads, by status, kind and symbol', async () => {
    const { text } = await of(ids.good, '?tab=loads');
    expect(text).toContain('AAPL');
    expect(text).toContain('NotYetAvailable no bar for 2026-11-23');
    expect((await of(ids.good, '?tab=loads&status=partial')).text).not.toContain('AAPL');
    expect((await of(ids.good, '?tab=loads&kind=NotYetAvailable')).text).not.toContain('AAPL');
    expect((await of(ids.good, '?tab=loads&symbol=AAPL')).text).not.toContain('MSFT');
    expect((await of(ids.good, '?tab=loads&symbol=NONE')).text).toContain('No load of this run is like that');
  });

  test('says of a load that failed which run has brought it', async () => {
    expect((await of(ids.made, '?tab=loads')).body).toContain(`/runs/-/${ids.later}`);
    expect((await of(ids.failed, '?tab=loads')).body).not.toContain(`/runs/-/`);
  });

  test('pages through many loads and events', async () => {
    const id = await addRun(store.db, { flow: 'watch-symbols' });
    await sql`insert into market.load_runs (workflow_id, run_id, symbol, data_source, interval, range_start, range_end, status)
      select 'any', ${id}, 'S' || n, 'polygon', '1d', '2026-11-24', '2026-11-24', 'success'
      from generate_series(1, 250) n`.execute(store.db);
    await sql`insert into market.run_events (run_id, level, message)
      select ${id}, 'info', 'event ' || n from generate_series(1, 250) n`.execute(store.db);
    await sql`insert into market.load_requests (run_id, wave, batch, range_start, range_end, status)
      select ${id}, n / 100, n % 7, '2026-11-24', '2026-11-24', 'done' from generate_series(1, 250) n`.execute(
      store.db,
    );
    for (const tab of ['loads', 'events', 'requests']) {
      const seen: string[] = [];
      let rest: string | null = `?tab=${tab}`;
      for (let pages = 0; rest !== null && pages < 5; pages += 1) {
        const { body }: { readonly body: string } = await of(id, rest);
        seen.push(...(body.split('<tbody>')[1]?.match(/<tr>/g) ?? []));
        const next: RegExpExecArray | null = /href="[^"?]*([^"]*)" rel="next"/.exec(body);
        rest = next?.[1]?.replaceAll('&amp;', '&') ?? null;
      }
      expect([tab, seen.length]).toEqual([tab, 250]);
    }
  });

  test('shows what it was asked', async () => {
    expect((await of(ids.good, '?tab=parameters')).text).toContain('daysBack 1');
  });

  test('that goes on and cannot be asked why it waits still shows itself', async () => {
    const { status, text } = await of(ids.open);
    expect(status).toBe(200);
    expect(text).toContain('Temporal is away since');
  });

  test('that failed as a whole says why', async () => {
    expect((await of(ids.broken)).text).toContain('the plan takes too long');
  });

  test.each([
    '/runs/x/y',
    `/runs/${randomUUID()}`,
    `/runs/x/${randomUUID()}`,
    `/runs/x/${randomUUID()}/y`,
    '/runs/',
    "/runs/x/'%20or%201=1",
  ])('%s is none', async (path) => {
    expect((await shown(path)).status).toBe(404);
  });

  test.each([
    'tab=nothing',
    'tab=loads&status=x',
    'tab=loads&after=x',
    'tab=events&level=x',
    'tab=requests&after=-1',
  ])('with %s still shows itself, and says what is wrong', async (query) => {
    const { status, text } = await of(ids.good, `?${query}`);
    expect([200, 400]).toContain(status);
    expect(text).toMatch(/ is not /);
  });
});

test('a run of which the ledger does not say what it was for is shown like any other', async () => {
  for (const sessions of ['{}', '[]', '{"range":{"from":"<b>","to":1}}', '{"range":null}']) {
    await sql`update market.runs set sessions = ${sessions}::jsonb where run_id = ${ids.old}`.execute(
      store.db,
    );
    for (const path of ['/runs', `/runs/-/${ids.old}`, `/runs/-/${ids.old}?tab=parameters`])
      expect([path, (await fetch(dashboard.url + path)).status]).toEqual([path, 200]);
  }
});
