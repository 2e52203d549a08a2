import { existsSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { folderMarket } from '../../src/simulator/market/folder-market.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { startInstallation } from '../support/installation.ts';

const folder = '../shared/fixtures/bars';
const expected = { AAPL: 5849, SPY: 5849, IBM: 5849, GOOG: 4183 };
const canary = 'canary-key-of-real-bars';

/** The lines of a recorded file as the store has them: each number as its own shortest decimal. */
function recorded(symbol: string): readonly string[] {
  const lines = readFileSync(`${folder}/lean_${symbol}_daily_raw.csv`, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [session = '', ...numbers] = line.split(',');
    return [session, ...numbers.map(Number)].join();
  });
}

test.skipIf(!existsSync(folder))(
  '23 years of real bars arrive to the last digit, and a second backfill changes nothing (../shared)',
  async () => {
    const source = await folderMarket({ directory: folder, calendar: { sessionsBetween } });
    const market = await startSimulator({ source, apiKey: canary });
    const installation = await startInstallation({
      MARKET: 'live',
      POLYGON_BASE_URL: market.url,
      POLYGON_API_KEY: canary,
      POLYGON_REQUESTS_PER_MINUTE: '100000',
    });
    const range = ['--start-date', '1998-01-02', '--end-date', '2021-03-31', '--json'];
    const first = await installation.run('backfill', '--symbols', 'AAPL,SPY,IBM,GOOG', ...range);
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({
      successful: 4,
      totalRecords: 21_730,
      changedRecords: 21_730,
      requests: 4,
    });

    for (const [symbol, count] of Object.entries(expected)) {
      const { rows } = await sql<{
        line: (string | number)[];
      }>`select array[session_date::text, open::text, high::text,
        low::text, close::text, volume::text] as line
      from market.daily_bars join market.instruments i on i.id = instrument_id
      where symbol = ${symbol} and source = 'polygon' and settled order by session_date`.execute(
        installation.store.db,
      );
      expect(rows.length).toBe(count);
      const stored = rows.map(({ line: [session, ...numbers] }) => [session, ...numbers.map(Number)].join());
      expect(stored).toEqual(recorded(symbol));
    }
    const { rows: absences } = await sql<{ reason: string; first: string; last: string }>`
    select reason, session_date as first, last_session as last from market.bar_absences`.execute(
      installation.store.db,
    );
    expect(absences).toEqual([{ reason: 'not_listed', first: '1998-01-02', last: '2004-08-18' }]);

    const since = market.requests().length;
    const second = await installation.run('backfill', '--symbols', 'AAPL,SPY,IBM,GOOG', ...range);
    expect(JSON.parse(second.stdout)).toMatchObject({ successful: 4, changedRecords: 0, requests: 0 });
    expect(market.requests().length).toBe(since);

    const bars = await installation.run(
      'bars',
      'AAPL',
      '--from',
      '2020-08-28',
      '--to',
      '2020-08-31',
      '--json',
    );
    expect(JSON.parse(bars.stdout)).toMatchObject({
      symbol: 'AAPL',
      source: 'polygon',
      interval: '1d',
      adjust: 'raw',
      bars: [
        { session: '2020-08-28', opensAt: '2020-08-28T13:30:00.000Z', close: 499.23, settled: true },
        { session: '2020-08-31', opensAt: '2020-08-31T13:30:00.000Z', close: 129.04, settled: true },
      ],
    });
    for (const log of [
      'logs/worker-data-ingestion.log',
      'state.json',
      'temporal/temporal.log',
      'postgres/postgres.log',
    ]) {
      expect(installation.log(log)).not.toContain(canary);
    }
    await installation.down();
    await market.close();
  },
  180_000,
);
