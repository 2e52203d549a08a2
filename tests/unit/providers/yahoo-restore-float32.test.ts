import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restoreFloat32 } from '../../../src/providers/yahoo/restore-float32.ts';

test.each([
  [185.63999938964844, 185.64],
  [34.54999923706055, 34.55],
  [13.237000465393066, 13.237],
  [73.41200256347656, 73.412],
  [0.00009999999747378752, 0.0001],
  [699999.5, 699999.5],
  [16777216, 16777216],
  [3.4028234663852886e38, 3.4028234663852886e38],
  [1.401298464324817e-45, 1e-45],
  [-185.63999938964844, -185.64],
  [0, 0],
])('%d was %d', (value, expected) => {
  expect(restoreFloat32(value)).toBe(expected);
});

test.each([0.1925, 185.64, 1 / 3, Number.NaN])('%d is no float32 and stays', (value) => {
  expect(restoreFloat32(value)).toBe(value);
});

test('any price in cents or hundredths of them survives the way through a float32', () => {
  const price = fc.integer({ min: 1, max: 9_999_999 }).map((units) => units / 10_000);
  fc.assert(fc.property(price, (value) => restoreFloat32(Math.fround(value)) === value));
});

test('what is restored maps to the same float32, and nothing shorter does', () => {
  const digits = (value: number) => value.toExponential().replace(/e.*|\D/g, '').length;
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-4), max: 1_000_000 });
  fc.assert(
    fc.property(float, (value) => {
      const restored = restoreFloat32(value);
      expect(Math.fround(restored)).toBe(value);
      if (!Number.isInteger(restored) && digits(restored) > 1)
        expect(Math.fround(Number(value.toPrecision(digits(restored) - 1)))).not.toBe(value);
    }),
  );
});
