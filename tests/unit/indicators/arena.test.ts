import { expect, test } from 'vitest';
import { createArena, type Arena } from '../../../src/indicators/arena.ts';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { expectSameTable } from './same-table.ts';
import { seriesOf, walk } from './series.ts';

test('columns of one arena share nothing, however many and long they are', () => {
  const arena = createArena();
  const columns = [300, 9000, 0, 8192, 5000, 5000].map((rows, at) => arena.newColumn(rows, at));
  expect(columns.map((column) => [column.length, new Set(column)])).toEqual([
    [300, new Set([0])],
    [9000, new Set([1])],
    [0, new Set()],
    [8192, new Set([3])],
    [5000, new Set([4])],
    [5000, new Set([5])],
  ]);
});

test('an arena that restarts, in the middle of a work too, leaves the columns of others as they are', () => {
  const [lasting, arena] = [createArena(), createArena()];
  const column = lasting.newColumn(100, 1);
  const work = () => [arena.newColumn(8192, 2), arena.newColumn(8192, 2)];
  work();
  arena.restart();
  work();
  arena.newColumn(10);
  const other = lasting.newColumn(100, 3);
  arena.restart();
  work();
  expect([new Set(column), new Set(other)]).toEqual([new Set([1]), new Set([3])]);
});

test('memory is used again after a restart, and not before', () => {
  const arena = createArena();
  const buffers = [arena.newColumn(8192).buffer, arena.newColumn(8192).buffer];
  arena.restart();
  const again = [arena.newColumn(8192).buffer, arena.newColumn(8192).buffer];
  expect(new Set(again)).toEqual(new Set(buffers));
  expect(new Set(again).size).toBe(2);
});

test('a step is computed once for the same prices and bars, and anew after a restart', () => {
  const arena = createArena();
  const asked: number[] = [];
  const step = (_: Arena, { close }: { readonly close: Float64Array }, bars: number) => {
    asked.push(bars);
    return close.length + bars;
  };
  const [prices, others] = [seriesOf(walk(5, 100)), seriesOf(walk(6, 100))];
  const once = () => [
    arena.once(step, prices, 1),
    arena.once(step, prices, 2),
    arena.once(step, prices, 1),
    arena.once(step, others, 1),
  ];
  expect(once()).toEqual([6, 7, 6, 7]);
  arena.restart();
  expect(once()).toEqual([6, 7, 6, 7]);
  expect(asked).toEqual([1, 2, 1, 1, 2, 1]);
});

test('one series after the other in one arena gives what each gives in its own', () => {
  const arena = createArena();
  for (const series of [seriesOf(walk(300, 100)), seriesOf(walk(40, 10, 7)), seriesOf(walk(300, 20, 3))]) {
    arena.restart();
    expectSameTable(computeIndicators(series, { arena }), computeIndicators(series));
  }
});
