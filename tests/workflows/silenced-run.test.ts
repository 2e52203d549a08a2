import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { usualPatience } from '../../src/store/connection-watch.ts';
import { openStore } from '../../src/store/database.ts';
import { freshDatabase } from '../support/database.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';

const range = { from: '2024-03-01', to: '2024-05-31' };
const symbols = Array.from({ length: 12 }, (_, index) => `S${String.fromCharCode(65 + index)}`);
const rows = rowsOf(range.from, range.to, () => quiet(100));

/** A run over a proxy that silences all connections with one of its requests. */
async function silencedRun(silencedAt: number) {
  const database = await freshDatabase();
  const proxy = await startSilentProxy(database.url);
  onTestFinished(async () => {
    await proxy.close();
    await database.close();
  });
  const patience = { ...usualPatience, silentMs: 300, answerMs: 3_000 };
  const store = openStore(proxy.url, { name: 'test', max: 3, patience });
  const tickers = symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' }));
  let requests = 0;
  const market = {
    now: '2024-06-03T02:00:00Z',
    polygon: { tickers, bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])) },
    handle(path: string) {
      if (path.startsWith('/v2/aggs/') && (requests += 1) === silencedAt) proxy.silence();
      return undefined;
    },
  };
  const lab = await scriptedCase(market, { store, batchSize: 3 });
  const { summary } = await lab.run('polygon-historical-backfill', {
    startDate: range.from,
    endDate: range.to,
    symbols,
  });
  const { rows: stored } = await sql`select i.symbol, count(*)::int as bars from market.daily_bars
    join market.instruments i on i.id = instrument_id group by 1 order by 1`.execute(database.db);
  return { summary, stored };
}

test('a run whose connections fall silent goes on over new ones, and misses nothing', async () => {
  const { summary, stored } = await silencedRun(5);
  expect(summary).toMatchObject({ successful: symbols.length, failed: 0 });
  expect(stored).toEqual(symbols.map((symbol) => ({ symbol, bars: rows.length })));
});
