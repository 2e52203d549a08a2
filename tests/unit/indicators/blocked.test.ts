import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barFields, blockedRows, blockedSum, fieldBits } from '../../../src/domain/blocked.ts';
import { createArena } from '../../../src/indicators/arena.ts';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { firstRow, type Indicator } from '../../../src/indicators/indicator.ts';
import { indicators } from '../../../src/indicators/registry.ts';
import { computeTable } from '../../../src/pipelines/indicators/compute-table.ts';
import { hole, seriesOf, walk } from './series.ts';

const length = 300;
const bars = walk(length, 50);
const anyBlocked = fc
  .array(fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: 31 })), { maxLength: 12 })
  .map((cells) => {
    const blocked = new Uint8Array(length);
    for (const [row, bits] of cells) blocked[row] = bits;
    return blocked;
  });

const valuesOf = (indicator: Indicator, series: Parameters<typeof computeIndicators>[0]) => {
  const { numbers, names } = computeIndicators(series, { indicators: [indicator] });
  return indicator.columns.map((column) => [...(numbers.get(column) ?? names.get(column) ?? [])]);
};
const nothing = (value: unknown) => value === null || Number.isNaN(value);

test('a row with a blocked field that an indicator needs is to it as if it were not there', () => {
  fc.assert(
    fc.property(anyBlocked, fc.constantFrom(...indicators), (blocked, indicator) => {
      const bits = fieldBits(indicator.needs);
      const open = bars.flatMap((_, row) => (((blocked[row] ?? 0) & bits) === 0 ? row : []));
      const without = valuesOf(indicator, seriesOf(open.map((row) => bars[row] ?? hole)));
      for (const [column, values] of valuesOf(indicator, { ...seriesOf(bars), blocked }).entries()) {
        expect(open.map((row) => values[row])).toEqual(without[column]);
        expect(values.filter((_, row) => !open.includes(row)).every(nothing)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('a blocked field changes nothing of what does not need it, and says why values lack', () => {
  const blocked = new Uint8Array(length);
  blocked[250] = fieldBits(['low']);
  const clean = computeIndicators(seriesOf(bars));
  const { numbers, reasons } = computeIndicators({ ...seriesOf(bars), blocked });
  for (const { needs, columns, namesOf } of indicators) {
    if (needs.includes('low') || namesOf) continue;
    for (const column of columns) expect(numbers.get(column)).toEqual(clean.numbers.get(column));
  }
  expect(reasons.map((reason, row) => [row, reason]).slice(199)).toEqual(
    bars.map((_, row) => [row, row === 250 ? 'blocked' : null]).slice(199),
  );
  expect(numbers.get('atr_14')?.[250]).toBeNaN();
  expect(numbers.get('atr_14')?.[251]).toBeGreaterThan(0);
});

test('a bad low years ago changes no later value but those whose window holds it', () => {
  const row = 20;
  const long = walk(1500, 50);
  const bad = long.map((bar, at) =>
    at === row ? ([bar[0], bar[1], bar[2] / 50, bar[3], bar[4]] as const) : bar,
  );
  const blocked = new Uint8Array(long.length);
  blocked[row] = fieldBits(['low']);
  for (const indicator of indicators) {
    const clean = valuesOf(indicator, seriesOf(long));
    const now = valuesOf(indicator, { ...seriesOf(bad), blocked });
    // What remembers every bar forgets one in fourteen at each, until nothing of it is left of sixteen digits.
    const forgets =
      indicator.memory.kind === 'window' ? indicator.memory.bars : 50 * (firstRow(indicator) + 1);
    for (const [column, values] of now.entries()) {
      for (let at = Math.min(row + forgets, long.length); at < long.length; at += 1) {
        const [one, other] = [values[at], clean[column]?.[at]];
        if (typeof one === 'number' && typeof other === 'number') expect(one).toBeCloseTo(other, 9);
        else expect(one).toEqual(other);
      }
    }
  }
});

test('the end of a table is that of the whole, whatever is blocked', () => {
  fc.assert(
    fc.property(
      anyBlocked,
      fc.nat(length - 1),
      fc.array(fc.nat(length - 1), { maxLength: 2 }),
      (blocked, first, holes) => {
        const rows = bars.map((bar, row) => (holes.includes(row) ? hole : bar));
        const series = { ...seriesOf(rows), blocked };
        const whole = computeIndicators(series);
        const { from, table } = computeTable(createArena(), series, first);
        for (const [column, values] of table.numbers)
          expect([...values.subarray(first - from)]).toEqual([
            ...(whole.numbers.get(column) ?? []).slice(first),
          ]);
        for (const [column, values] of table.names)
          expect(values.slice(first - from)).toEqual(whole.names.get(column)?.slice(first));
        expect(table.reasons.slice(first - from)).toEqual(whole.reasons.slice(first));
      },
    ),
    { numRuns: 60 },
  );
});

test('ranges block the days that they hold, and their sum tells them apart', () => {
  const range = fc
    .tuple(fc.nat(40), fc.nat(5), fc.integer({ min: 1, max: 31 }))
    .map(([from, days, fields]) => ({
      days: [from, from + days] as const,
      fields,
    }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 4 }), (ranges) => {
      const days = Int32Array.from({ length: 50 }, (_, day) => day);
      const rows = blockedRows(ranges, days);
      for (const day of days) {
        const own = ranges.filter(({ days: [from, to] }) => from <= day && day <= to);
        expect(rows?.[day] ?? 0).toBe(own.reduce((bits, { fields }) => bits | fields, 0));
      }
      expect(blockedSum(ranges, 100) === 0).toBe(
        ranges.every(({ days: [from, to] }) => 31 * from + to === 0),
      );
    }),
  );
  expect(barFields.map((field) => fieldBits([field]))).toEqual([1, 2, 4, 8, 16]);
});
