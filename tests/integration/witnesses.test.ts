import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { generatedSeries, liquid } from '../support/generated-series.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';

const dates = sessionsBetween({ from: '2023-09-01', to: '2024-01-31' }).map(({ session }) => session);
const range = { from: dates[0] ?? '', to: dates.at(-1) ?? '' };
const step = dates.at(-1) ?? '';
let store: TestDatabase;
let [polygon, yahoo]: StoredSeries[] = [];
let one = 0;

beforeAll(async () => {
  store = await freshDatabase();
  polygon = await storedSeries(store);
  yahoo = await storedSeries(store, 'yahoo');
  one = await polygon.instrument('ONE');
});
afterAll(() => store.close());
beforeEach(() =>
  emptyTables(store, [...dailyTables, 'daily_bar_versions', 'quality_findings', 'finding_events']),
);

/** Bars whose last session stands at so many times the level before. */
function barsOf(times: number): readonly DatedBar[] {
  const { open, high, low, close, volume } = generatedSeries(5, { ...liquid, bars: dates.length });
  return dates.map((date, row): DatedBar => {
    const factor = date === step ? times : 1;
    const [o = 1, h = 1, l = 1, c = 1, v = 1] = [open, high, low, close, volume].map((column) => column[row]);
    return [date, [o * factor, h * factor, l * factor, c * factor, v / factor]];
  });
}
const found = async (rule: 'jump' | 'split_unexplained') => {
  await validateBatch(store, { runId: randomUUID(), range, checks: [rule] }, [one]);
  const findings = await readFindings(store.db, { instrumentIds: null, severity: null, status: 'open' });
  return findings.map(({ source, severity }) => `${source} ${severity}`).sort();
};

test('a jump that the other source makes too is none, and one that it does not make stays', async () => {
  await polygon?.write(one, barsOf(1.9));
  expect(await found('jump')).toEqual(['polygon warn']);
  await yahoo?.write(one, barsOf(1));
  expect(await found('jump')).toEqual(['polygon warn']);
  await yahoo?.write(one, barsOf(1.9));
  expect(await found('jump')).toEqual([]);
});

test('what is not settled is no witness', async () => {
  await polygon?.write(one, barsOf(1.9));
  await yahoo?.write(one, barsOf(1.9));
  await sql`update market.daily_bars set settled = false where session_date = ${step}::date`.execute(
    store.db,
  );
  expect(await found('jump')).toEqual(['polygon warn', 'yahoo warn']);
});

test('a step like a split is an error where the other source does not make it', async () => {
  await polygon?.write(one, barsOf(0.5));
  expect(await found('split_unexplained')).toEqual(['polygon warn']);
  await yahoo?.write(one, barsOf(1));
  expect(await found('split_unexplained')).toEqual(['polygon error']);
  await yahoo?.write(one, barsOf(0.5));
  expect(await found('split_unexplained')).toEqual(['polygon warn', 'yahoo warn']);
});
