import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeInstant } from '../../src/store/as-of.ts';
import { countExpired, deleteExpired } from '../../src/store/retention.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { storedSeries } from '../support/stored-series.ts';

let store: TestDatabase;
beforeEach(async () => {
  store = await freshDatabase();
});
afterEach(() => store.close());

const before = '2024-03-18';

async function setChanges(instants: readonly string[]): Promise<void> {
  await sql`delete from market.changes`.execute(store.db);
  await sql`insert into market.changes select unnest(${instants}::timestamptz[])`.execute(store.db);
}

async function lastChanges(instants: readonly string[]): Promise<readonly unknown[]> {
  const { rows } = await sql<{ last: string }>`select market.last_change(instant)::text as last
    from unnest(${instants}::timestamptz[]) with ordinality asked(instant, place) order by place`.execute(
    store.db,
  );
  return rows.map(({ last }) => last);
}

async function counted(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from market.changes`.execute(
    store.db,
  );
  return rows[0]?.count ?? NaN;
}

const instant = fc
  .date({ min: new Date('2024-01-01Z'), max: new Date('2024-06-01Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

test('whatever instants are taken away, the last change before any that may be asked for is the same', async () => {
  const later = instant.filter((text) => text >= `${before}T04:00`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(instant),
      fc.array(later, { minLength: 1 }),
      fc.nat({ max: 7 }),
      async (...given) => {
        const [changes, asked, limit] = given;
        await setChanges(changes);
        const known = await lastChanges(asked);
        const due = await countExpired(store.db, 'run_events', before);
        let gone = 0;
        for (let piece = -1; piece !== 0; gone += piece)
          piece = await deleteExpired(store.db, { table: 'run_events', before, limit: limit + 1 });
        expect(gone).toBe(due);
        expect(await counted()).toBe(changes.length - gone);
        expect(await lastChanges(asked)).toEqual(known);
        // What has to stay is one instant at most of all before the date.
        const old = new Set(changes.filter((text) => text < `${before}T04:00`));
        expect(due).toBeGreaterThanOrEqual(Math.max(0, old.size - 1));
      },
    ),
    { numRuns: 60 },
  );
});

test('of what was written today all stays, whatever the date', async () => {
  const series = await storedSeries(store);
  const id = await series.instrument('AAPL');
  for (const close of [1, 2, 3]) await series.write(id, [['2024-01-02', [close, close, close, close, 1]]]);
  const [all, known] = [await counted(), await takeInstant(store.db)];
  expect(await deleteExpired(store.db, { table: 'run_events', before: '2035-01-01', limit: 100 })).toBe(0);
  expect([await counted(), await takeInstant(store.db)]).toEqual([all, known]);
});
