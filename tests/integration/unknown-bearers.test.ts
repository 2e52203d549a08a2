import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putRight } from '../../src/pipelines/identity/put-right.ts';
import { writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries } from '../support/stored-series.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

test('what is of nobody known is moved also where somebody under that ticker ended on the same day', async () => {
  const series = await storedSeries(store);
  const id = await series.instrument('GONE');
  const sessions = ['2024-01-03', '2024-01-04', '2024-01-05'];
  await series.write(
    id,
    sessions.map((session) => [session, [1, 1, 1, 1, 1]]),
  );
  await sql`update market.instruments set active = false, delisted_on = '2024-01-05' where id = ${id}`.execute(
    store.db,
  );
  // It was called otherwise then: what was told under its symbol is somebody else's.
  const term = { instrumentId: id, ticker: 'OTHER', from: '2024-01-02', to: null } as const;
  const said = { evidence: 'figi', fromBy: 'list', toBy: 'list' } as const;
  await transaction(store, (tx) =>
    writeTerms(tx, 'polygon', [{ ...term, ...said }], { runId: null, reason: null }),
  );
  const right = () => putRight({ store, vocabulary: 'polygon', now: () => new Date() }, null);
  expect(await right()).toEqual({ moved: 3, merged: 0 });
  const { rows } = await sql<{ symbol: string; isOwn: boolean; bars: number }>`
    select symbol, id = ${id} as "isOwn", (select count(*)::int from market.daily_bars b where b.instrument_id = i.id) as bars
    from market.instruments i where symbol = 'GONE' order by id`.execute(store.db);
  expect(rows).toEqual([
    { symbol: 'GONE', isOwn: true, bars: 0 },
    { symbol: 'GONE', isOwn: false, bars: 3 },
  ]);
  expect(await right()).toEqual({ moved: 0, merged: 0 });
});
