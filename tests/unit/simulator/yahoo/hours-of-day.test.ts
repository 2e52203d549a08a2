import { describe, expect, test } from 'vitest';
import { hashText } from '../../../../src/simulator/market/seeded-hash.ts';
import { hoursOfDay, hoursUntil, type HourBar } from '../../../../src/simulator/yahoo/hours-of-day.ts';

const opensAtMs = Date.parse('2024-03-07T14:30:00Z');
const minutes = (count: number) => count * 60_000;
const bar = { open: 100, high: 104.5, low: 98.25, close: 103, volume: 1_234_567 };
const dayOf = (index: number, illiquid = false, length = 390) => ({
  opensAtMs,
  closesAtMs: opensAtMs + minutes(length),
  bar,
  hash: hashText(1, `S${index}`),
  day: 19_789 + index,
  illiquid,
});
const many = Array.from({ length: 300 }, (_, index) => index);
const sum = (hours: readonly HourBar[]) => hours.reduce((total, { volume }) => total + volume, 0);

describe('the hours of a day', () => {
  test.each([
    [390, ['14:30', '15:30', '16:30', '17:30', '18:30', '19:30', '20:30']],
    [210, ['14:30', '15:30', '16:30', '17:30']],
  ])('of %d minutes begin every hour from the open', (length, times) => {
    const hours = hoursOfDay(dayOf(1, false, length));
    const at = hours.map((hour) => new Date(hour.opensAtMs).toISOString().slice(11, 16));
    expect(at).toEqual(times);
    expect(hours.at(-1)?.closesAtMs).toBe(opensAtMs + minutes(length));
  });

  test.each([false, true])('make up the day, whether illiquid (%s) or not', (illiquid) => {
    for (const index of many) {
      const hours = hoursOfDay(dayOf(index, illiquid));
      expect(hours[0]?.open).toBe(bar.open);
      expect(hours.at(-1)?.close).toBe(bar.close);
      expect(Math.max(...hours.map(({ high }) => high))).toBe(bar.high);
      expect(Math.min(...hours.map(({ low }) => low))).toBe(bar.low);
      expect(sum(hours)).toBe(bar.volume);
    }
  });

  test('hold together, and each opens where the one before closed', () => {
    for (const index of many) {
      const hours = hoursOfDay(dayOf(index));
      for (const [at, { open, high, low, close }] of hours.entries()) {
        expect(low).toBeLessThanOrEqual(Math.min(open, close));
        expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
        if (at > 0) expect(open).toBe(hours[at - 1]?.close);
      }
    }
  });

  test('are fewer for an illiquid instrument, never none', () => {
    const counts = many.map((index) => hoursOfDay(dayOf(index, true)).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(counts.filter((count) => count < 7).length).toBeGreaterThan(250);
  });

  test('so far are those that have begun, the last as far as it has come', () => {
    const whole = hoursOfDay(dayOf(3));
    const soFar = hoursUntil(whole, opensAtMs + minutes(90));
    expect(soFar).toHaveLength(2);
    expect(soFar[0]).toEqual(whole[0]);
    const [now, then] = [soFar[1], whole[1]];
    expect(now).toMatchObject({ opensAtMs: then?.opensAtMs, open: then?.open });
    expect(now?.high).toBeLessThanOrEqual(then?.high ?? 0);
    expect(now?.low).toBeGreaterThanOrEqual(then?.low ?? 0);
    expect(now?.volume).toBe(Math.floor((then?.volume ?? 0) / 2));
    expect(hoursUntil(whole, opensAtMs - 1)).toEqual([]);
    expect(hoursUntil(whole, opensAtMs + minutes(390))).toEqual(whole);
  });
});
