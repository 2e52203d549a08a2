import { expect, test } from 'vitest';
import { calendarOf } from '../../../schedules/cron-calendar.ts';
import { declarations } from '../../../schedules/index.ts';

test('numbers, ranges, steps and lists become ranges', () => {
  expect(calendarOf('5,*/20 8-16/2 1 */3 1-5')).toEqual({
    second: [{ start: 0, end: 0, step: 1 }],
    minute: [
      { start: 5, end: 5, step: 1 },
      { start: 0, end: 59, step: 20 },
    ],
    hour: [{ start: 8, end: 16, step: 2 }],
    dayOfMonth: [{ start: 1, end: 1, step: 1 }],
    month: [{ start: 'JANUARY', end: 'DECEMBER', step: 3 }],
    year: [],
    dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }],
  });
});

test.each([
  ['four fields', '0 20 * *'],
  ['a name', '0 20 * * MON'],
  ['an hour that does not exist', '0 24 * * *'],
  ['a month 0', '0 0 1 0 *'],
  ['a reversed range', '0 20 * * 5-1'],
])('%s is refused', (_, cron) => {
  expect(() => calendarOf(cron)).toThrow();
});

test('every declared line is understood, and no two schedules have one id', () => {
  expect(declarations.map(({ cron }) => calendarOf(cron))).toHaveLength(declarations.length);
  expect(new Set(declarations.map(({ flow }) => flow)).size).toBe(declarations.length);
});
