import { describe, expect, test } from 'vitest';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { indicators } from '../../../src/indicators/registry.ts';
import { hole, seriesOf, walk } from './series.ts';

const rows = walk(400, 50);
const holed = seriesOf(rows.with(250, hole));

function only(name: string, column: string) {
  const chosen = indicators.filter(
    (indicator) => indicator.name === name && indicator.columns.includes(column),
  );
  const { numbers, reasons } = computeIndicators(holed, { indicators: chosen });
  const missing = [...(numbers.get(column) ?? [])].flatMap((value, row) => (Number.isNaN(value) ? row : []));
  return { missing, reasons };
}
const range = (from: number, end: number) => Array.from({ length: end - from }, (_, at) => from + at);

describe('a missing session', () => {
  test('takes away a windowed value while it is in the window', () => {
    const { missing, reasons } = only('sma', 'sma_20');
    expect(missing).toEqual([...range(0, 19), ...range(250, 270)]);
    expect(reasons.slice(249, 251)).toEqual([null, 'partial']);
    expect(reasons.slice(269, 271)).toEqual(['partial', null]);
  });

  test('takes away a recursive value from there on', () => {
    const { missing, reasons } = only('rsi', 'rsi_14');
    expect(missing).toEqual([...range(0, 14), ...range(250, 400)]);
    expect(reasons.at(-1)).toBe('partial');
  });

  test('leaves every value before it as it is without it', () => {
    const whole = computeIndicators(seriesOf(rows.slice(0, 250)));
    for (const [column, values] of computeIndicators(holed).numbers)
      expect(values.subarray(0, 250)).toEqual(whole.numbers.get(column));
  });

  test('makes a row partial as soon as one value would come with it, and says so of the patterns too', () => {
    const { reasons, names } = computeIndicators(holed);
    expect(reasons.slice(0, 199).every((reason) => reason === 'warming_up')).toBe(true);
    expect(reasons.slice(199, 250).every((reason) => reason === null)).toBe(true);
    expect(reasons.slice(250).every((reason) => reason === 'partial')).toBe(true);
    expect(
      names
        .get('patterns')
        ?.slice(249, 256)
        .map((found) => found === null),
    ).toEqual([false, true, true, true, true, true, false]);
  });

  test('at the very beginning leaves only windows that have left it behind', () => {
    const { numbers } = computeIndicators(seriesOf(rows.with(0, hole)));
    expect(numbers.get('roc_10')?.findIndex((value) => !Number.isNaN(value))).toBe(11);
    expect(numbers.get('ema_12')?.every((value) => Number.isNaN(value))).toBe(true);
  });
});

describe('a bar that lacks only its volume', () => {
  test('is a hole for what needs the volume, and for nothing else', () => {
    const [open = 0, high = 0, low = 0, close = 0] = rows[250] ?? [];
    const { numbers } = computeIndicators(seriesOf(rows.with(250, [open, high, low, close, NaN])));
    const lacking = [...numbers].filter(([, values]) => Number.isNaN(values[250])).map(([column]) => column);
    expect(lacking).toEqual(['obv', 'mfi_14']);
  });
});

describe('an infinite price', () => {
  test.each([Infinity, -Infinity])('of %s is a hole', (price) => {
    const bad = computeIndicators(seriesOf(rows.with(250, [price, price, price, price, price])));
    expect(bad).toEqual(computeIndicators(holed));
  });
});
