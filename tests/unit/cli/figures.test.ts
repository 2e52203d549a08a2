import { expect, test } from 'vitest';
import { amountText, priceText, significantText } from '../../../src/cli/table/figures.ts';
import { countText, durationText } from '../../../src/operations/figures.ts';
import { wallClock } from '../../../src/operations/wall-clock.ts';
import { exchangeZone } from '../../../src/domain/exchange-time.ts';

test.each([
  [187.43, '187.43'],
  [187, '187.00'],
  [187.5, '187.50'],
  [187.42999267578125, '187.43'],
  [0.1 + 0.2 + 10, '10.30'],
  [10.125, '10.125'],
  [57.345678, '57.35'],
  [0.5, '0.50'],
  [0.1234, '0.1234'],
  [0.30000000000000004, '0.30'],
  [0.12345678, '0.1235'],
  [0.00004, '0.000040'],
  [0, '0.00'],
  [-37.63, '-37.63'],
  [523_000, '523000.00'],
  [null, null],
])('the price %s is written %s', (price, text) => {
  expect(priceText(price)).toBe(text);
});

test('indicators have six significant digits', () => {
  expect([0.1 + 0.2, 123.456789, 1_234_567_890, -0.000123456789, 0, null].map(significantText)).toEqual([
    '0.3',
    '123.457',
    '1234570000',
    '-0.000123457',
    '0',
    null,
  ]);
});

test('counts have separators, and amounts where they are large', () => {
  expect([0, 1234, 98_765_432, null].map(countText)).toEqual(['0', '1,234', '98,765,432', null]);
  expect([6.130000001, 394_328_000_000, -99_803_000_000].map(amountText)).toEqual([
    '6.13',
    '394,328,000,000',
    '-99,803,000,000',
  ]);
});

test('times taken are told in their two largest units', () => {
  expect([0, 900, 59_000, 61_000, 3_600_000, 93_600_000, -5].map(durationText)).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min 1 s',
    '1 h 0 min',
    '1 d 2 h',
    '0 s',
  ]);
});

test('a clock shows its zone on both sides of a change of hours', () => {
  const chicago = wallClock('America/Chicago');
  expect(chicago.second('2026-11-01T06:30:05.000Z')).toBe('2026-11-01 01:30:05');
  expect(chicago.minute(new Date('2026-03-08T08:00:00Z'))).toBe('2026-03-08 03:00');
  expect(wallClock(exchangeZone).hour('2026-07-06T13:30:00.000Z')).toBe('09:30');
  expect(wallClock(exchangeZone).hour('2026-12-07T05:00:00.000Z')).toBe('00:00');
  expect(chicago.hour(null)).toBeNull();
});
