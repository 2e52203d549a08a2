import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeFindings, recordFindings, type Finding } from '../../src/store/findings.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let [instrumentId, otherId] = [0, 0];
const runId = randomUUID();

beforeAll(async () => {
  store = await freshDatabase();
  const { rows } = await sql<{ id: number }>`insert into market.instruments (symbol, type, active)
    values ('ONE', 'CS', true), ('TWO', 'CS', true) returning id`.execute(store.db);
  [instrumentId = 0, otherId = 0] = rows.map(({ id }) => id);
});
afterAll(() => store.close());
beforeEach(() => sql`truncate market.quality_findings`.execute(store.db));

/** One of a rule, of all sources and intervals. */
function finding(over: Partial<Finding> = {}): Finding {
  return {
    rule: 'gap',
    severity: 'warn',
    instrumentId,
    source: null,
    interval: null,
    range: { from: '2024-01-02', to: '2024-01-05' },
    evidence: {},
    ...over,
  };
}

async function openAfter(stillFound: readonly Finding[]): Promise<readonly unknown[]> {
  await closeFindings(store.db, runId, { rules: ['gap'], instrumentIds: [instrumentId] }, stillFound);
  const { rows } =
    await sql`select rule, instrument_id as "instrumentId", source, interval, severity, evidence,
      jsonb_build_object('from', range_start, 'to', range_end) as range
    from market.quality_findings where status = 'open' order by rule, instrument_id`.execute(store.db);
  return rows;
}

/** Each differs from the first in one part of the key. */
const alike = [
  {},
  { source: 'polygon' },
  { source: 'yahoo' },
  { interval: '1d' },
  { interval: '1h' },
  { range: { from: '2024-01-03', to: '2024-01-05' } },
  { range: { from: '2024-01-02', to: '2024-01-04' } },
] as const;

test.each(alike)(
  'of findings that differ in one part of the key, the one of %j alone stays open',
  async (over) => {
    await recordFindings(store.db, runId, alike.map(finding));
    expect(await openAfter([finding(over)])).toEqual([finding(over)]);
  },
);

test('findings of other rules and instruments stay as they are', async () => {
  const others = [finding({ instrumentId: otherId }), finding({ rule: 'spike' })];
  await recordFindings(store.db, runId, [finding(), ...others]);
  expect(await openAfter([])).toEqual(others);
});
