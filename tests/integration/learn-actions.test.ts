import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import { sources, type SourceName } from '../../src/domain/source.ts';
import { learnActions } from '../../src/pipelines/actions/learn-actions.ts';
import { reconcile } from '../../src/pipelines/actions/reconcile.ts';
import { storedActions } from '../../src/store/corporate-actions.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let ids: readonly number[];
const runId = randomUUID();
const told: readonly SourceName[] = ['yahoo', 'polygon'];
const runs = 40;
const instruments = 24;
/** Of one run: more than half of all, so that any two runs meet. */
const share = 14;
const exDate = '2020-08-31';

beforeAll(async () => {
  store = await freshDatabase();
  await insertRun(store.db, {
    workflowId: 'test',
    runId,
    flow: 'test',
    parameters: {},
    sessions: { range: { from: exDate, to: exDate }, sessions: [], again: [] },
    startedAt: observedAt(0),
  });
  const { rows } = await sql<{ id: number }>`
    insert into market.instruments (symbol, active)
    select 'MEET' || place, true from generate_series(1, ${instruments}) place returning id`.execute(
    store.db,
  );
  ids = rows.map(({ id }) => id);
});
afterAll(() => store.close());

function observedAt(run: number): string {
  return new Date(Date.UTC(2025, 5, 1, 12, run)).toISOString();
}

const amountOf = (run: number) => 1 + run / 10;

/** Each run begins with another instrument, and every other one goes the other way round. */
function instrumentsOf(run: number): readonly number[] {
  const own = Array.from({ length: share }, (_, place) => ids[(run * 5 + place) % ids.length] ?? NaN);
  return run % 4 < 2 ? own : own.reverse();
}

/** A split that all tell alike, and a dividend that each corrects. */
function learn(run: number): Promise<void> {
  const source = told[run % told.length] ?? 'polygon';
  const actions = instrumentsOf(run).flatMap((instrumentId) => {
    const action = { ...untold, exDate, instrumentId, observedAt: observedAt(run) };
    const providerId = (kind: string) => (sources[source].marketActions ? `${kind} ${instrumentId}` : null);
    return [
      { ...action, kind: 'split' as const, ratio: 4, providerId: providerId('split') },
      {
        ...action,
        kind: 'cash_dividend' as const,
        dividendType: 'regular' as const,
        amount: amountOf(run),
        providerId: providerId('cash'),
      },
    ];
  });
  return learnActions(store, { source, runId }, actions);
}

/** The last run of a source that told of an instrument. */
function lastRun(source: SourceName, instrumentId: number): number {
  const every = Array.from({ length: runs }, (_, run) => run);
  const tells = (run: number) => told[run % told.length] === source;
  return every.findLast((run) => tells(run) && instrumentsOf(run).includes(instrumentId)) ?? NaN;
}

async function openFindings() {
  const { rows } = await sql`
    select instrument_id, rule, evidence from market.quality_findings where status = 'open'
    order by instrument_id, rule`.execute(store.db);
  return rows;
}

test('runs that learn of the same instruments at once come to what one after another would', async () => {
  const learnt = await Promise.allSettled(Array.from({ length: runs }, (_, run) => learn(run)));
  expect(learnt.filter(({ status }) => status === 'rejected')).toEqual([]);
  const actions = await storedActions(store.db, ids);
  const records = actions.map(({ instrumentId, source, kind, amount, status }) =>
    [instrumentId, source, kind, amount, status].join(' '),
  );
  const expected = ids.flatMap((id) =>
    told.flatMap((source) => {
      const status = sources[source].rank === 1 ? 'effective' : 'shadowed';
      const amount = amountOf(lastRun(source, id));
      return [
        // Without prices nobody can tell yet.
        [id, source, 'split', null, status === 'effective' ? 'pending' : status].join(' '),
        [id, source, 'cash_dividend', amount, status].join(' '),
      ];
    }),
  );
  expect(records.toSorted()).toEqual(expected.toSorted());
  const findings = await openFindings();
  await transaction(store, (tx) => reconcile(tx, { runId, asOf: observedAt(runs) }, ids));
  expect(await storedActions(store.db, ids)).toEqual(actions);
  expect(await openFindings()).toEqual(findings);
});
