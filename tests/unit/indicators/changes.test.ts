import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeIndicators, type IndicatorTable } from '../../../src/indicators/compute-indicators.ts';
import { indicators } from '../../../src/indicators/registry.ts';
import { dueRows } from './due-rows.ts';
import { expectSameTable, sliceTable } from './same-table.ts';
import { barRow, barRows, hole, seriesOf, walk, type BarRow } from './series.ts';

const history = walk(230, 10);

/** Rows by column, as a store would hold them. */
type Stored = Map<string, unknown[]>;

function columnOf(table: IndicatorTable, column: string): readonly unknown[] {
  return table.names.get(column) ?? [...(table.numbers.get(column) ?? [])];
}

function storedFrom(table: IndicatorTable): Stored {
  const columns = indicators.flatMap((indicator) => indicator.columns);
  return new Map(columns.map((column) => [column, [...columnOf(table, column)]]));
}

/** Computes anew and takes over only what is due. */
function update(stored: Stored, rows: readonly BarRow[], changedRow: number): void {
  const table = computeIndicators(seriesOf(rows));
  for (const indicator of indicators) {
    const { from, to } = dueRows(indicator, changedRow, rows.length);
    for (const column of indicator.columns) {
      const values = stored.get(column) ?? [];
      const computed = columnOf(table, column);
      for (let row = from; row <= to; row += 1) values[row] = computed[row];
      stored.set(column, values);
    }
  }
}

function tableOf(stored: Stored, like: IndicatorTable): IndicatorTable {
  const numbers = [...like.numbers.keys()].map(
    (column) => [column, Float64Array.from((stored.get(column) ?? []) as number[])] as const,
  );
  const names = new Map([['patterns', (stored.get('patterns') ?? []) as (readonly string[] | null)[]]]);
  return { ...like, numbers: new Map(numbers), names };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    row: fc.oneof(barRow, fc.constant(hole)),
    back: fc.nat(0),
  }),
  fc.record({ kind: fc.constant('revise' as const), row: barRow, back: fc.nat(60) }),
  fc.record({ kind: fc.constant('lose' as const), row: fc.constant(hole), back: fc.nat(60) }),
);

describe('one day more', () => {
  test('computed after all before it equals the whole history', () => {
    fc.assert(
      fc.property(barRows(1, 40), (added) => {
        const rows = [...history, ...added];
        const whole = computeIndicators(seriesOf(rows));
        for (let days = history.length; days <= rows.length; days += 7)
          expectSameTable(computeIndicators(seriesOf(rows.slice(0, days))), sliceTable(whole, 0, days));
      }),
      { numRuns: 20 },
    );
  });

  test('leaves every stored row as it is', () => {
    const before = computeIndicators(seriesOf(history.slice(0, -1)));
    const after = computeIndicators(seriesOf(history));
    expect(sliceTable(after, 0, -1)).toEqual(before);
  });
});

describe('what is due', () => {
  test('is enough: after any bars appended, revised, lost and filled the stored rows equal a recomputation', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const rows: BarRow[] = [...history];
        const stored = storedFrom(computeIndicators(seriesOf(rows)));
        for (const { kind, row, back } of steps) {
          const at = kind === 'append' ? rows.length : rows.length - 1 - back;
          rows[at] = row;
          update(stored, rows, at);
        }
        const whole = computeIndicators(seriesOf(rows));
        expectSameTable(tableOf(stored, whole), whole);
      }),
      { numRuns: 40 },
    );
  });

  test('ends with the window, and for recursive indicators with the series', () => {
    const due = new Map(indicators.map((one) => [one.columns[0], dueRows(one, 100, 130)]));
    expect(due.get('sma_20')).toEqual({ from: 100, to: 119 });
    expect(due.get('sma_200')).toEqual({ from: 100, to: 129 });
    expect(due.get('true_range')).toEqual({ from: 100, to: 101 });
    expect(due.get('obv')).toEqual({ from: 100, to: 129 });
  });
});

describe('a window', () => {
  test('is all that a windowed value remembers', () => {
    const whole = computeIndicators(seriesOf(history));
    for (const one of indicators) {
      if (one.memory.kind !== 'window') continue;
      const part = computeIndicators(seriesOf(history.slice(-one.memory.bars)), { indicators: [one] });
      for (const column of one.columns) {
        const [value, same] = [columnOf(part, column).at(-1), columnOf(whole, column).at(-1)];
        if (typeof value === 'number') expect(value).toBeCloseTo(same as number, 9);
        else expect(value).toEqual(same);
      }
    }
  });
});
