import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import { sources, type SourceName } from '../../src/domain/source.ts';
import { actionContexts } from '../../src/pipelines/actions/action-contexts.ts';
import { noteActionsSynced, writeActions } from '../../src/store/corporate-actions.ts';
import { insertRun } from '../../src/store/runs.ts';
import { barsBesideActions } from '../../src/store/split-basis.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let instrumentId: number;
const runId = randomUUID();
const observedAt = '2021-04-10T12:00:00.000Z';
const exDate = '2020-08-31';

beforeAll(async () => {
  store = await freshDatabase();
  const sessions = { range: { from: exDate, to: exDate }, sessions: [], again: [] };
  const run = { workflowId: 'test', runId, flow: 'test', parameters: {}, sessions, startedAt: observedAt };
  await insertRun(store.db, run);
  const { rows } = await sql<{ id: number }>`
    insert into market.instruments (symbol, active) values ('BESIDE', true) returning id`.execute(store.db);
  instrumentId = rows[0]?.id ?? NaN;
  const split = { ...untold, kind: 'split', exDate, ratio: 4, instrumentId, observedAt } as const;
  await transaction(store, (tx) => writeActions(tx, { source: 'polygon', runId }, [split]));
  await bars('polygon', { '2020-08-10': 380, '2020-08-28': 404, '2020-08-31': 101 });
  await bars('yahoo', { '2020-08-27': 100, '2020-08-28': 101 });
});
afterAll(() => store.close());

async function bars(source: SourceName, closes: Readonly<Record<string, number>>): Promise<void> {
  const rows = Object.entries(closes).map(([session, price]) => ({
    ...{ instrumentId, session, open: price, high: price, low: price, close: price, volume: 1000 },
    ...{ vwap: null, trades: null, settled: true, endpoint: 'series' as const, observedAt },
    ...(sources[source].prices === 'split_adjusted' ? { splitBasis: '2021-04-10' } : {}),
  }));
  await transaction(store, (tx) => writeBars(tx, { source, interval: '1d', runId }, incomingBars(rows)));
}

const polygon = {
  before: { session: '2020-08-28', open: 404, close: 404 },
  after: { session: '2020-08-31', open: 101, close: 101 },
};
const yahoo = { before: { session: '2020-08-28', open: 101, close: 101 }, after: null };

test.each<{ readonly named: readonly SourceName[]; readonly found: readonly object[] }>([
  { named: ['polygon'], found: [polygon] },
  { named: ['polygon', 'yahoo'], found: [polygon, yahoo] },
  { named: ['yahoo', 'polygon'], found: [yahoo, polygon] },
  { named: [], found: [] },
])('the bars beside an ex-date come in the order of $named', async ({ named, found }) => {
  const beside = await barsBesideActions(store.db, named, [instrumentId]);
  const expected = found.map((bars) => expect.objectContaining({ exDate, ...bars }) as unknown);
  expect(beside.get(instrumentId) ?? []).toEqual(expected);
});

test('prices around a split that is told come as traded, and as a source has adjusted them', async () => {
  const contextOf = await actionContexts(store.db, observedAt, [instrumentId]);
  const { traded, adjusted, closeBefore, today } = contextOf(instrumentId);
  const early = { session: '2020-08-10', open: 380, close: 380 };
  expect(traded).toEqual([early, polygon.before, polygon.after]);
  expect(adjusted('polygon')).toEqual([]);
  expect(adjusted('yahoo')).toEqual([{ session: '2020-08-27', open: 100, close: 100 }, yahoo.before]);
  expect([closeBefore(exDate), closeBefore('2020-09-01'), today]).toEqual([404, null, '2021-04-10']);
});

test('an answer that is not stored yet counts before what is stored', async () => {
  const sessions = [
    { session: '2020-08-27', open: 99, close: 99 },
    { session: '2020-08-28', open: 100, close: 100 },
    { session: '2020-09-01', open: 102, close: 102 },
  ];
  const answered = { instrumentId, source: 'yahoo' as const, sessions: () => sessions };
  const contextOf = await actionContexts(store.db, observedAt, [instrumentId], answered);
  expect(contextOf(instrumentId).adjusted('yahoo')).toEqual(sessions);
});

test('a list of the market covers what was read of it, another source the dates of its bars', async () => {
  const coveredDates = async () => {
    const { covers } = (await actionContexts(store.db, observedAt, [instrumentId]))(instrumentId);
    const dates = ['2020-08-26', '2020-08-27', '2020-08-28', '2020-08-29'];
    return (['polygon', 'yahoo'] as const).map((source) => dates.filter((date) => covers(source, date)));
  };
  expect(await coveredDates()).toEqual([[], ['2020-08-27', '2020-08-28']]);
  const range = { from: '2020-08-26', to: '2020-08-27' };
  await noteActionsSynced(store.db, 'polygon', { range, allSplits: false, completedAt: observedAt });
  expect(await coveredDates()).toEqual([
    ['2020-08-26', '2020-08-27'],
    ['2020-08-27', '2020-08-28'],
  ]);
});
