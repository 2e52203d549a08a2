import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { unknownBasis } from '../../src/domain/split-basis.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables } from '../support/empty-tables.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let [yahoo, polygon]: StoredSeries[] = [];
let one = 0;
const runId = '00000000-0000-4000-8000-000000000001';
const range = { from: '2023-01-03', to: '2023-12-29' };
const sessions = sessionDatesBetween(range);
const split = 120;
const exDate = sessions[split] ?? '';
const before = sessions[split - 1] ?? '';

beforeAll(async () => {
  store = await freshDatabase();
  yahoo = await storedSeries(store, 'yahoo');
  polygon = await storedSeries(store);
  one = await yahoo.instrument('ONE');
});
afterAll(() => store.close());
beforeEach(async () => {
  await emptyTables(store, ['corporate_actions', 'quality_findings', 'daily_bars', 'bar_revisions']);
  await polygon?.split(one, exDate, 5);
});

/** Bars at 20 in the shares after the split, times what `inShares` says of a row. */
const barsOf = (inShares: (row: number) => number) =>
  sessions.map((session, row): DatedBar => {
    const price = 20 * inShares(row) * (1 + (row % 3) / 200);
    return [session, [price, price * 1.01, price * 0.99, price, 1000 + row]];
  });
/** Adjusted from a session before the split on. */
const tooEarly = barsOf((row) => (row < split - 1 ? 5 : 1));

async function found(over: { readonly from?: string; readonly to?: string } = {}) {
  const wish = { runId, range: { ...range, ...over }, checks: ['split_misplaced'] as const };
  await validateBatch(store, wish, [one]);
  const all = await readFindings(store.db, { instrumentIds: null, severity: null, status: null });
  return all.map(
    ({ source, from, rule, severity, status }) => `${source} ${from} ${rule} ${severity} ${status}`,
  );
}
const fault = (source: string, status = 'open') => `${source} ${before} split_misplaced warn ${status}`;

test('prices that are adjusted a session too early are told of, until they are not', async () => {
  await yahoo?.write(one, tooEarly, range.to);
  expect(await found({ to: sessions[split - 2] ?? '' })).toEqual([]);
  expect(await found({ from: before, to: before })).toEqual([fault('yahoo')]);
  const [first] = await readFindings(store.db, { instrumentIds: null, severity: null, status: null });
  expect(first?.evidence).toMatchObject({
    fields: [{ what: 'on another day', exDate, ratio: 5, sessions: -1 }],
  });
  await yahoo?.write(
    one,
    barsOf(() => 1),
    range.to,
  );
  expect(await found()).toEqual([fault('yahoo', 'repaired')]);
});

test('that rows are withheld or mended takes nothing from it', async () => {
  await yahoo?.write(one, tooEarly, range.to);
  await sql`update market.daily_bars set split_basis = ${before}::date where session_date < ${before}`.execute(
    store.db,
  );
  await sql`update market.daily_bars set split_basis = ${unknownBasis}::date where session_date < '2023-06-01'`.execute(
    store.db,
  );
  expect(await found()).toEqual([fault('yahoo')]);
});

test('a split that counts from the day on which prices as traded show it is told of by the day that was told', async () => {
  await polygon?.write(one, tooEarly);
  expect(await found()).toEqual([fault('polygon')]);
  await sql`update market.corporate_actions set ex_date = ${before}, told_on = ${exDate}`.execute(store.db);
  expect(await found()).toEqual([fault('polygon')]);
});

test('prices as traded that step on the day, and adjusted ones that do not, are right', async () => {
  await polygon?.write(
    one,
    barsOf((row) => (row < split ? 5 : 1)),
  );
  await yahoo?.write(
    one,
    barsOf(() => 1),
    range.to,
  );
  expect(await found()).toEqual([]);
});

test('rows of before the split beside some that were given after it are in the shares of then', async () => {
  await yahoo?.write(one, barsOf(() => 5).slice(0, split - 5), sessions[split - 5]);
  await yahoo?.write(one, barsOf(() => 1).slice(split - 5), range.to);
  expect(await found()).toEqual([]);
});

test('a split that does not count says nothing of prices', async () => {
  await yahoo?.write(one, tooEarly, range.to);
  await sql`update market.corporate_actions set status = 'refused'`.execute(store.db);
  expect(await found()).toEqual([]);
});
