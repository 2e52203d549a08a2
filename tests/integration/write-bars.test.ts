import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DailyBar, IntradayBar } from '../../src/domain/bar.ts';
import { addDays, dayNumber } from '../../src/domain/date-range.ts';
import type { Interval } from '../../src/domain/interval.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { anyBars } from '../support/any-bars.ts';
import { columnsOf } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let instrumentIds: readonly number[];
const runId = randomUUID();
const observedAt = '2035-01-10T12:00:00.123Z';

beforeAll(async () => {
  store = await freshDatabase();
  const startedAt = '2024-01-10T00:00:00Z';
  await insertRun(store.db, {
    runId,
    workflowId: 'bars',
    flow: 'test',
    parameters: {},
    sessions: { range: { from: '2024-01-02', to: '2024-01-02' }, sessions: [], again: [] },
    startedAt,
  });
  const unknown = { name: null, figi: null, cik: null, listedOn: null, delistedOn: null };
  const references = ['ONE', 'TWO'].map((symbol) => ({
    ...{ symbol, type: 'CS', exchange: 'XNYS', currency: 'USD', active: true },
    ...unknown,
  }));
  await transaction(store, (tx) => saveInstruments(tx, references));
  const rows = await store.db.selectFrom('market.instruments').select('id').orderBy('id').execute();
  instrumentIds = rows.map(({ id }) => id);
});
afterAll(() => store.close());

const isIntraday = (bars: readonly (DailyBar | IntradayBar)[]) => bars.some((bar) => 'opensAt' in bar);

/** One bar a key: what comes again is left out. */
function distinct<Bar extends DailyBar | IntradayBar>(bars: readonly Bar[]): readonly Bar[] {
  return [...new Map(bars.map((bar) => ['opensAt' in bar ? bar.opensAt : bar.session, bar])).values()];
}

/** All that is stored of an interval, and nothing of it any more. */
async function taken(interval: Interval) {
  const [table, opensAt] =
    interval === '1d'
      ? [sql.table('market.daily_bars'), sql`null::timestamptz`]
      : [sql.table('market.intraday_bars'), sql`opens_at`];
  const { rows } = await sql<Record<string, unknown> & { at: Date | null; observed: Date }>`
    delete from ${table} returning instrument_id as id, session_date as session, ${opensAt} as at,
      open, high, low, close, volume, vwap, trades, settled, endpoint, split_basis as basis,
      observed_at as observed`.execute(store.db);
  return rows.map(({ at, observed, ...row }) => ({
    ...row,
    ...(at === null ? {} : { opensAt: at.toISOString() }),
    observedAt: observed.toISOString(),
  }));
}

test('bars are stored to the last bit as they come, each with what its answer says of it', async () => {
  const answers = fc.record({
    bars: anyBars(),
    settledDay: fc.integer({ min: dayNumber('1990-01-01'), max: dayNumber('2044-12-31') }),
    basisDays: fc.option(fc.nat({ max: 5_000 })),
    endpoint: fc.constantFrom('series', 'market_day'),
  });
  await fc.assert(
    fc.asyncProperty(answers, async ({ bars, settledDay, basisDays, endpoint }) => {
      const interval = isIntraday(bars) ? '1h' : '1d';
      const given = distinct(bars);
      const basisOf = ({ session }: DailyBar) => (basisDays === null ? null : addDays(session, basisDays));
      const incoming = instrumentIds.map((id) => ({
        bars: columnsOf(given),
        instrumentIds: new Int32Array(given.length).fill(id),
        settledThrough: settledDay,
        splitBasis:
          basisDays === null ? null : Int32Array.from(given, ({ session }) => dayNumber(session) + basisDays),
        ...{ endpoint, observedAt },
      }));
      const counts = await transaction(store, (tx) =>
        writeBars(tx, { source: 'yahoo', interval, runId }, incoming),
      );
      const expected = instrumentIds.flatMap((id) =>
        given.map((bar) => {
          const settled = dayNumber(bar.session) <= settledDay;
          return { id, ...bar, settled, endpoint, basis: basisOf(bar), observedAt };
        }),
      );
      const stored = await taken(interval);
      expect(new Set(stored.map(asText))).toEqual(new Set(expected.map(asText)));
      expect(stored).toHaveLength(expected.length);
      expect([...counts.values()].map(({ inserted }) => inserted)).toEqual(
        given.length === 0 ? [] : instrumentIds.map(() => given.length),
      );
    }),
    { numRuns: 60 },
  );
});

/** With its fields in one order. */
function asText(row: object): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

test('a bar that comes twice in one write is refused, of whatever answers', async () => {
  const twice = anyBars({ fewest: 1 }).chain((bars) => fc.tuple(fc.constant(distinct(bars)), fc.nat()));
  await fc.assert(
    fc.asyncProperty(twice, async ([bars, number]) => {
      const again = bars[number % bars.length];
      const answers = [bars, again === undefined ? [] : [again]];
      const incoming = answers.map((given) => ({
        bars: columnsOf(given),
        instrumentIds: new Int32Array(given.length).fill(instrumentIds[0] ?? NaN),
        ...{ settledThrough: 0, splitBasis: null, endpoint: 'series' as const, observedAt },
      }));
      const interval = isIntraday(bars) ? '1h' : '1d';
      const written = transaction(store, (tx) =>
        writeBars(tx, { source: 'yahoo', interval, runId }, incoming),
      );
      await expect(written).rejects.toThrow('comes a second time in one write');
    }),
    { numRuns: 20 },
  );
});

test('many bars go in chunks', async () => {
  const days = 20_000;
  const bars = Array.from({ length: days }, (_, day) => ({
    session: addDays('1990-01-02', day),
    ...{ open: day, high: day + 0.1, low: 0, close: 1 / (day + 1), volume: day, vwap: null, trades: day },
  }));
  const incoming = {
    bars: columnsOf(bars),
    instrumentIds: new Int32Array(days).fill(instrumentIds[0] ?? NaN),
    ...{ settledThrough: 0, splitBasis: null, endpoint: 'series' as const, observedAt },
  };
  await transaction(store, (tx) => writeBars(tx, { source: 'yahoo', interval: '1d', runId }, [incoming]));
  const { rows } = await sql`select session_date as session, open, high, low, close, volume, vwap, trades
    from market.daily_bars order by session_date`.execute(store.db);
  expect(rows).toEqual(bars);
});
