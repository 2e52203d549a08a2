import { expect, test } from 'vitest';
import { inReusedMemory, newColumn } from '../../../src/indicators/kernels/new-column.ts';

test('columns of one work share nothing, however many and long they are', () => {
  const columns = inReusedMemory(() =>
    [300, 9000, 0, 8192, 5000, 5000].map((rows, at) => newColumn(rows, at)),
  );
  expect(columns.map((column) => [column.length, new Set(column)])).toEqual([
    [300, new Set([0])],
    [9000, new Set([1])],
    [0, new Set()],
    [8192, new Set([3])],
    [5000, new Set([4])],
    [5000, new Set([5])],
  ]);
});

test('a later work, one that has failed before it too, leaves lasting columns as they are', () => {
  const lasting = newColumn(100, 1);
  const work = () => [newColumn(8192, 2), newColumn(8192, 2)];
  inReusedMemory(work);
  expect(() =>
    inReusedMemory(() => {
      work();
      throw new Error('half way');
    }),
  ).toThrow('half way');
  const other = newColumn(100, 3);
  inReusedMemory(work);
  expect([new Set(lasting), new Set(other)]).toEqual([new Set([1]), new Set([3])]);
});

test('memory is used again', () => {
  const bufferOf = () => inReusedMemory(() => newColumn(10).buffer);
  expect(bufferOf()).toBe(bufferOf());
});
