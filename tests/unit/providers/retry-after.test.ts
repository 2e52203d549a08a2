import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/providers/retry-after.ts';

const observedAt = '2024-06-03T22:00:00.000Z';
const wish = (text: string) => retryAfterMs({ headers: new Headers({ 'retry-after': text }), observedAt });

test('no header is no wish', () => {
  expect(retryAfterMs({ headers: new Headers(), observedAt })).toBeNull();
});

test.each([
  ['30', 30_000],
  [' 30 ', 30_000],
  ['0', 0],
  ['00', 0],
  ['0.5', 500],
  ['1.5', 1_500],
  ['86400', 86_400_000],
  ['Mon, 03 Jun 2024 22:00:30 GMT', 30_000],
  ['Mon, 03 Jun 2024 22:00:60 GMT', 60_000],
  ['Monday, 03-Jun-24 22:00:30 GMT', 30_000],
  ['Mon Jun  3 22:00:30 2024', 30_000],
  ['Tue Jun 18 22:00:00 2024', 15 * 86_400_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
])('%j is %s ms', (text, ms) => {
  expect(wish(text)).toBe(ms);
});

test.each([
  ...['', '-1', '+5', '1e3', '.5', '5.', '0x10', '1,5', '30, 60', '30s', '1 2', 'soon', 'NaN', 'Infinity'],
  ...['2024-06-03T22:00:30Z', '2001-05', 'Mon, 03 Jun 2024 22:00:30', 'Mon, 3 Jun 2024 22:00:30 GMT'],
  ...['Fri, 31 Feb 2025 00:00:00 GMT', 'Mon, 00 Jun 2024 00:00:00 GMT', 'Mon, 03 Jun 2024 24:00:00 GMT'],
  ...['Mon, 03 Jun 2024 22:00:30 +0200', 'Mon Jun  0 22:00:30 2024'],
])('%j is no wish', (text) => {
  expect(wish(text)).toBeNull();
});

test('every instant as it is sent is the wait until then, and none is below 0', () => {
  const now = Date.parse(observedAt) / 1000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const wait = wish(new Date(seconds * 1000).toUTCString());
      expect(wait).toBe(Math.max(0, seconds - now) * 1000);
    }),
  );
});

test('whatever is sent, the wish is none, or a time that is not below 0', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      fc.pre(/^[\x20-\x7e]*$/.test(text));
      const wait = wish(text);
      expect(wait === null || wait >= 0).toBe(true);
    }),
  );
});
