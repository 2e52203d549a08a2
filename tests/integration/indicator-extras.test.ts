import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { createArena } from '../../src/indicators/arena.ts';
import { extraColumns, indicatorColumns } from '../../src/indicators/columns.ts';
import { extrasBy } from '../../src/indicators/extra/compute-extras.ts';
import type { Library } from '../../src/indicators/extra/extra.ts';
import { computeExtras, library } from '../../src/indicators/extra/library-extras.ts';
import type { IndicatorsRequest } from '../../src/runs/indicators-request.ts';
import { computeBatch } from '../../src/pipelines/indicators/compute-batch.ts';
import { readBatch } from '../../src/pipelines/indicators/read-batch.ts';
import { writeBatch } from '../../src/pipelines/indicators/write-batch.ts';
import { readRunEvents } from '../../src/store/run-events.ts';
import { transaction } from '../../src/store/transaction.ts';
import { readIndicators, type IndicatorRow } from '../../src/store/read-indicators.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { indicatorRuns } from '../support/indicator-runs.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';
import { barRow, walk, type BarRow } from '../unit/indicators/series.ts';

let store: TestDatabase;
let series: StoredSeries;
let runs: ReturnType<typeof indicatorRuns>;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
  runs = indicatorRuns(store);
});
afterAll(async () => {
  await runs.end();
  await store.close();
});

const sessions = sessionsBetween({ from: '2023-06-01', to: '2024-06-14' }).map(({ session }) => session);
const at = (index: number) => sessions[index] ?? '';
const firstLength = 80;
const everything = { from: '1990-01-01', to: '2035-12-31' };

const request = (symbol: string, session: string, extra?: boolean): IndicatorsRequest => ({
  nominalTime: '2024-06-15T12:00:00Z',
  rows: { daysBack: 60, calculationDate: session },
  source: 'polygon',
  waitSeconds: null,
  symbols: [symbol],
  ...(extra === undefined ? {} : { extra }),
});

let instruments = 0;

async function newInstrument() {
  const symbol = `X${(instruments += 1)}`;
  const id = await series.instrument(symbol);
  const rows = walk(sessions.length, 50, instruments);
  const bars = sessions.map((session, row): DatedBar => [session, rows[row] ?? [1, 1, 1, 1, 1]]);
  await series.write(id, bars.slice(0, firstLength));
  return { symbol, id, bars };
}

function storedRows(instrumentId: number): Promise<readonly IndicatorRow[]> {
  const query = { instrumentId, source: 'polygon', range: everything } as const;
  return readIndicators(store.db, { ...query, columns: indicatorColumns, extra: extraColumns });
}

/** What a stored extra must be, since JSON has no other number and no NaN. */
function isRight(found: number | null | undefined, right: number): boolean {
  if (!Number.isFinite(right)) return found === null;
  return typeof found === 'number' && Math.abs(found - right) <= 1e-9 * Math.max(1, Math.abs(right));
}

/** The rows whose extras are those of the whole history; throws for one that has others. */
async function rightRows(instrumentId: number): Promise<readonly string[]> {
  const rows = await storedRows(instrumentId);
  const priced = await series.priceSeries(instrumentId, rows.at(-1)?.session ?? '');
  const { numbers } = computeExtras(createArena(), priced);
  const wrong = rows.flatMap(({ session, extra }) => {
    if (extra === null) return [];
    const row = priced.sessions.indexOf(session);
    return [...numbers].flatMap(([key, values]) =>
      isRight(extra[key], values[row] ?? NaN) ? [] : { session, key, found: extra[key], right: values[row] },
    );
  });
  expect(wrong).toEqual([]);
  return rows.flatMap(({ session, extra }) => (extra === null ? [] : session));
}

const allRows = async (id: number) => (await storedRows(id)).map(({ session }) => session);
const revisions = async (id: number) =>
  (await sql`select from market.indicator_revisions where instrument_id = ${id}`.execute(store.db)).rows
    .length;
const raised = ([open, high, low, close, volume]: BarRow): BarRow => [open, high * 1.02, low, close, volume];
const unchanged = { totalRecords: 0, changedRecords: 0, failed: 0 };

describe('extras', () => {
  test('are not there unless asked for, and then for every stored row', async () => {
    const { symbol, id } = await newInstrument();
    const first = await runs.run(request(symbol, at(79)));
    expect(await rightRows(id)).toEqual([]);
    const second = await runs.run(request(symbol, at(79), true));
    expect(second).toMatchObject({ changedRecords: first.totalRecords, failed: 0 });
    expect(await rightRows(id)).toEqual(await allRows(id));
    // Nothing was there that they would have revised.
    expect(await revisions(id)).toBe(0);
    expect(await runs.run(request(symbol, at(79), true))).toMatchObject(unchanged);
    expect(await runs.run(request(symbol, at(79)))).toMatchObject(unchanged);
  });

  test('are null where there are too few bars, and keep every key', async () => {
    const symbol = 'YOUNG';
    const id = await series.instrument(symbol);
    await series.write(id, [[at(79), [10, 11, 9, 10, 0]]]);
    await runs.run(request(symbol, at(79), true));
    const [row] = await storedRows(id);
    expect(Object.keys(row?.extra ?? {}).sort()).toEqual(extraColumns.map(({ name }) => name).sort());
    expect(row?.extra).toMatchObject({ 'psar_0.02_0.2': null, adl: 0, vwap: null, heikin_ashi_open: 10 });
  });

  test('of rows that a run without them computes are taken away, and the others stay', async () => {
    const { symbol, id, bars } = await newInstrument();
    await runs.run(request(symbol, at(79), true));
    await series.write(id, [[at(75), raised(bars[75]?.[1] ?? [1, 1, 1, 1, 1])], ...bars.slice(80, 81)]);
    await runs.run(request(symbol, at(80)));
    const all = await allRows(id);
    expect(await rightRows(id)).toEqual(all.filter((session) => session < at(75)));
    // The next run with them computes those that lack.
    const next = await runs.run(request(symbol, at(80), true));
    expect(next.totalRecords).toBe(6);
    expect(await rightRows(id)).toEqual(all);
  });

  test('are read in the shares of today, and a split alone makes none due', async () => {
    const { symbol, id } = await newInstrument();
    await runs.run(request(symbol, at(79), true));
    const before = (await storedRows(id)).at(-1)?.extra;
    await series.split(id, at(90), 4);
    expect(await runs.run(request(symbol, at(79), true))).toMatchObject({ changedRecords: 0 });
    const after = (await storedRows(id)).at(-1)?.extra;
    expect(after?.['vwap']).toBeCloseTo((before?.['vwap'] ?? NaN) / 4, 9);
    expect(after?.['adl']).toBeCloseTo((before?.['adl'] ?? NaN) * 4, 4);
    expect(after?.['trix_15']).toBe(before?.['trix_15']);
    await rightRows(id);
  });

  test('are computed by every run where the worker is set so', async () => {
    const { symbol, id } = await newInstrument();
    const always = indicatorRuns(store, 100, true);
    try {
      await always.run(request(symbol, at(79)));
      expect(await rightRows(id)).toEqual(await allRows(id));
      await always.run({ ...request(symbol, at(79), false), rows: { range: { from: at(79), to: at(79) } } });
      expect(await rightRows(id)).toEqual((await allRows(id)).slice(0, -1));
    } finally {
      await always.end();
    }
  });
});

test('an extra that fails is refused in the events of the run, once for all series, and all else is written', async () => {
  const { symbol, id } = await newInstrument();
  await runs.run(request(symbol, at(79)));
  const runId = (
    await sql<{ run_id: string }>`select run_id from market.indicators where instrument_id = ${id}`.execute(
      store.db,
    )
  ).rows[0]?.run_id;
  const { id: loadId } = (
    await sql<{ id: number }>`select id from market.load_runs where run_id = ${runId}`.execute(store.db)
  ).rows[0] ?? { id: 0 };
  const window = { from: at(60), to: at(79) };
  const wish = { runId: runId ?? '', source: 'polygon', window, again: true, extra: true } as const;
  const loads = [{ id: loadId, instrumentId: id, symbol, active: true, delistedOn: null }];
  const broken = extrasBy({ ...library, TRIX: undefined } as unknown as Library);
  await transaction(store, async (tx) => {
    const { bars, work } = await readBatch(tx, wish, loads);
    const computed = computeBatch(createArena(), bars, { work, computeExtras: broken });
    await writeBatch(tx, wish, { loads, computed });
  });
  const events = await readRunEvents(store.db, wish.runId);
  expect(events.at(-1)).toMatchObject({
    level: 'warn',
    message: 'extra trix_15 refused: TypeError: TRIX is not a constructor (1 of 1 series)',
  });
  const last = (await storedRows(id)).at(-1)?.extra;
  expect(last).toMatchObject({ trix_15: null, wma_20: expect.any(Number) as number });
});

const step = fc.record({
  kind: fc.constantFrom('append', 'append', 'revise', 'lose', 'fill', 'absent', 'split'),
  back: fc.nat(60),
  row: barRow,
  extra: fc.constantFrom(true, true, undefined),
  again: fc.constantFrom(false, false, false, true),
});

test('extras are right or not there after any bars and runs, and all right after a run with them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      const { symbol, id, bars } = await newInstrument();
      let length = firstLength;
      for (const { kind, back, row, extra, again } of steps) {
        const old = length - 1 - back;
        if (kind === 'append') await series.write(id, bars.slice(length, (length += 2)));
        if (kind === 'revise') await series.write(id, [[at(old), row]]);
        // A session that comes without its bar: it may be filled later, or be known to have none.
        if (kind === 'lose') await series.write(id, bars.slice(length + 1, (length += 2)));
        if (kind === 'fill') await series.write(id, bars.slice(firstLength, length));
        if (kind === 'absent') await series.absent(id, at((length += 1) - 1));
        if (kind === 'split') await series.split(id, at(length + back), 3);
        const wish = request(symbol, at(length - 1), extra);
        const range = { from: at(old), to: at(length - 1) };
        await runs.run(wish);
        if (again) await runs.run({ ...wish, rows: { range } });
        const right = await rightRows(id);
        if (extra === true) expect(right).toEqual(await allRows(id));
        expect(await runs.run(wish)).toMatchObject({ changedRecords: 0, failed: 0 });
      }
    }),
    { numRuns: 6, seed: 13, endOnFailure: true },
  );
});
