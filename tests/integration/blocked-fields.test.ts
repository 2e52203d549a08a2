import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { barFields, fieldBits, type BarField } from '../../src/domain/blocked.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { sourceNames, type SourceName } from '../../src/domain/source.ts';
import { indicatorColumns } from '../../src/indicators/columns.ts';
import { settleFinding } from '../../src/operations/settle-finding.ts';
import { blockedRanges } from '../../src/store/blocked-fields.ts';
import { recordFindings, type Finding } from '../../src/store/findings.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { readIndicators } from '../../src/store/read-indicators.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables } from '../support/empty-tables.ts';
import { indicatorRuns } from '../support/indicator-runs.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';
import { walk } from '../unit/indicators/series.ts';

let store: TestDatabase;
let series: StoredSeries;
let runs: ReturnType<typeof indicatorRuns>;
let id = 0;
const own: SourceName = 'polygon';
const dates = sessionsBetween({ from: '2023-01-03', to: '2024-06-14' }).map(({ session }) => session);
const last = dates.at(-1) ?? '';
const rows = walk(dates.length, 50);
const bars = dates.map((date, row): DatedBar => [date, rows[row] ?? [1, 1, 1, 1, 1]]);

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
  runs = indicatorRuns(store);
  id = await series.instrument('ONE');
  await series.write(id, bars);
});
afterAll(async () => {
  await runs.end();
  await store.close();
});
beforeEach(() =>
  emptyTables(store, ['quality_findings', 'finding_events', 'indicators', 'indicator_states']),
);

const found = (over: Partial<Finding> & { readonly fields?: readonly object[] } = {}): Finding => {
  const { fields = [{ field: 'low', value: 1 }], ...rest } = over;
  return {
    ...{ rule: 'wick', severity: 'error', instrumentId: id, source: 'polygon', interval: '1d' },
    range: { from: last, to: last },
    evidence: { fields },
    ...rest,
  };
};
const record = (...findings: readonly Finding[]) =>
  transaction(store, (tx) => recordFindings(tx, randomUUID(), findings));
const compute = () =>
  runs.run({
    nominalTime: `${last}T22:00:00Z`,
    source: 'polygon',
    rows: { daysBack: 30, calculationDate: last },
    symbols: ['ONE'],
    waitSeconds: null,
  });
const asStored = { extra: null, columns: indicatorColumns };
const rowsOf = () =>
  readIndicators(store.db, {
    instrumentId: id,
    source: own,
    range: { from: '2024-05-01', to: last },
    ...asStored,
  });
const rowOf = async (session: string) => (await rowsOf()).find((row) => row.session === session);

test('an open error takes the values away that need its field, says so, and gives them back once it is settled', async () => {
  await compute();
  const clean = await rowsOf();
  await record(found());
  expect(await compute()).toMatchObject({ successful: 1, totalRecords: 1, changedRecords: 1 });
  expect(await rowOf(last)).toMatchObject({
    reason: 'blocked',
    values: {
      atr_14: null,
      willr_14: null,
      sma_200: expect.any(Number) as number,
      obv: expect.any(Number) as number,
    },
  });
  expect((await rowsOf()).slice(0, -1)).toEqual(clean.slice(0, -1));
  // Nothing has changed: nothing is due.
  expect(await compute()).toMatchObject({ totalRecords: 0 });
  const [finding] = await readFindings(store.db, { instrumentIds: null, severity: null, status: null });
  await settleFinding(store, finding?.id ?? 0, {
    status: 'accepted',
    reason: 'it was so',
    person: 'ann@desk',
  });
  expect(await compute()).toMatchObject({ totalRecords: 1, changedRecords: 1 });
  expect(await rowsOf()).toEqual(clean);
});

test('a row that is blocked is to those after it a session without trade', async () => {
  const before = dates.at(-3) ?? '';
  await record(found({ range: { from: before, to: before } }));
  await compute();
  expect(await rowOf(before)).toMatchObject({ reason: 'blocked', values: { atr_14: null } });
  expect(await rowOf(last)).toMatchObject({ reason: null });
  const without = await series.instrument('WITHOUT');
  await series.write(
    without,
    bars.filter(([date]) => date !== before),
  );
  await series.absent(without, before);
  await runs.run({
    nominalTime: `${last}T22:00:00Z`,
    source: 'polygon',
    rows: { daysBack: 30, calculationDate: last },
    symbols: ['WITHOUT'],
    waitSeconds: null,
  });
  const [other] = await readIndicators(store.db, {
    instrumentId: without,
    source: 'polygon',
    range: { from: last, to: last },
    ...asStored,
  });
  expect((await rowOf(last))?.values.atr_14).toBe(other?.values.atr_14);
});

test('only open errors of daily bars of that source block, and of them the fields that are wrong', async () => {
  const field = fc.constantFrom<BarField | 'bar' | 'factor'>(...barFields, 'bar', 'factor');
  const part = fc.record({ field, severity: fc.constantFrom(undefined, 'error', 'warn') });
  const finding = fc.record({
    severity: fc.constantFrom('error' as const, 'warn' as const, 'info' as const),
    source: fc.constantFrom(...sourceNames),
    interval: fc.constantFrom('1d' as const, '1h' as const),
    at: fc.nat(20),
    days: fc.nat(3),
    parts: fc.array(part, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(finding, {
        maxLength: 6,
        selector: (one) => `${one.at} ${one.days} ${one.source} ${one.interval}`,
      }),
      async (all) => {
        await emptyTables(store, ['quality_findings', 'finding_events']);
        await record(
          ...all.map(({ severity, source, interval, at, days, parts }) =>
            found({
              ...{ severity, source, interval, range: { from: dates[at] ?? '', to: dates[at + days] ?? '' } },
              fields: parts.map((one) => JSON.parse(JSON.stringify(one)) as object),
            }),
          ),
        );
        const expected = all.flatMap(({ severity, source, interval, at, days, parts }) => {
          const wrong = parts.filter(
            (one) => (one.severity ?? severity) === 'error' && one.field !== 'factor',
          );
          const fields = wrong.reduce(
            (bits, one) => bits | (one.field === 'bar' ? 31 : fieldBits([one.field as BarField])),
            0,
          );
          const blocks = severity === 'error' && source === own && interval === '1d' && fields > 0;
          return blocks
            ? [{ days: [dayNumber(dates[at] ?? ''), dayNumber(dates[at + days] ?? '')], fields }]
            : [];
        });
        const inOrder = (ranges: readonly unknown[]) => ranges.map((one) => JSON.stringify(one)).sort();
        const ranges = await blockedRanges(store.db, 'polygon', [id]);
        expect(inOrder(ranges.get(id) ?? [])).toEqual(inOrder(expected));
      },
    ),
    { numRuns: 30, endOnFailure: true },
  );
});

test('evidence of any shape is read, and blocks nothing that it does not name', async () => {
  for (const evidence of [
    {},
    { fields: 'low' },
    { fields: [null, 1, 'low', {}, { field: null }] },
    { fields: { field: 'low' } },
  ]) {
    await emptyTables(store, ['quality_findings']);
    await record({ ...found(), evidence });
    expect(await blockedRanges(store.db, 'polygon', [id])).toEqual(new Map());
  }
});
