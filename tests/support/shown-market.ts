import { sql } from 'kysely';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import type { Store } from '../../src/store/database.ts';
import { recordFindings } from '../../src/store/findings.ts';
import { addRunEvents } from '../../src/store/run-events.ts';
import { coveredMarket } from './covered-market.ts';
import { addLoads, addRun } from './ledger-rows.ts';

/** The evening of a session, once the daily run should have been. */
export const shownAt = '2026-11-26T03:30:00Z';
const sessions = sessionDatesBetween({ from: '2026-06-01', to: '2026-11-25' });

/** A market in which every state of a cell, and every kind of run, is to be seen. */
export async function enterShownMarket(store: Store): Promise<{ readonly runId: string }> {
  const { db } = store;
  const market = coveredMarket(store);
  await sql`insert into market.workers (identity, pool, market, base_urls, host, pid, seen_at)
    select pool, pool, 'simulated', '{}', 'here', 1, now() + interval '1 day'
    from unnest(array['data-ingestion', 'analytics']) pool`.execute(db);
  const ids: number[] = [];
  for (let at = 0; at < 60; at += 1) {
    const listing = at % 7 === 3 ? { listedOn: sessions[at] ?? '' } : {};
    const id = await market.instrument(`SY${String(at).padStart(2, '0')}`, listing);
    ids.push(id);
    const own = sessions.filter(
      (session, place) => session >= (listing.listedOn ?? '') && (place + at) % 29 !== 0,
    );
    await market.bars(id, own.slice(0, -1));
    if (at % 3 !== 0) await market.bars(id, own.slice(-1), { settled: false });
    if (at % 5 === 0) await market.absent(id, sessions.slice(40, 43));
  }
  const [first = 0] = ids;
  const found = { instrumentId: first, source: 'polygon', interval: '1d' } as const;
  await recordFindings(db, null, [
    {
      ...{
        ...found,
        rule: 'wick',
        severity: 'error',
        range: { from: sessions[50] ?? '', to: sessions[50] ?? '' },
      },
      evidence: { bar: { low: 1 }, fields: [{ field: 'low', value: 1, severity: 'error' }] },
    },
    {
      ...{ ...found, rule: 'volume', severity: 'warn' },
      range: { from: sessions[51] ?? '', to: sessions[51] ?? '' },
      evidence: {},
    },
  ]);
  for (let at = 0; at < 25; at += 1) {
    const day = sessions.at(at - 26) ?? '';
    const isBad = at % 6 === 5;
    const runId = await addRun(db, {
      ...{ session: day, startedAt: `${day}T02:00:00Z`, closedAt: `${day}T02:01:00Z` },
      summary: { totalSymbols: 2, failed: isBad ? 1 : 0, changedRecords: 1_204 },
    });
    await addLoads(db, runId, [
      { symbol: 'SY00', instrumentId: first, session: day },
      {
        symbol: 'SY01',
        instrumentId: ids[1] ?? 0,
        session: day,
        status: isBad ? 'failed' : 'success',
        kind: isBad ? 'Timeout' : null,
        message: isBad ? 'no answer within 30 s' : null,
      },
    ]);
  }
  await addRun(db, {
    flow: 'indicators-daily-calculation',
    summary: { totalSymbols: 2, failed: 0, wentOnWithout: 'the bars of 25 Nov' },
  });
  const runId = await addRun(db, {
    flow: 'polygon-historical-backfill',
    status: 'running',
    closedAt: null,
    summary: null,
  });
  await addLoads(db, runId, [
    { symbol: 'SY02', status: 'success' },
    { symbol: 'SY03', status: 'running' },
  ]);
  await addRunEvents(db, runId, [{ level: 'warn', message: 'the provider has refused', symbol: 'SY02' }]);
  return { runId };
}
