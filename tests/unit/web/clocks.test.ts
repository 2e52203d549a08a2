import { expect, test } from 'vitest';
import { marketClock } from '../../../src/web/market-clock.ts';
import { pageClock, sessionsText } from '../../../src/web/page-clock.ts';

const chicago = 'America/Chicago';

test.each([
  [
    '2026-11-25T22:10:00Z',
    'Wed 25 Nov 16:10 Chicago · closed at 15:00 · next session Fri 27 Nov, closes 12:00',
  ],
  [
    '2026-11-26T18:00:00Z',
    'Thu 26 Nov 12:00 Chicago · no session today · next session Fri 27 Nov, closes 12:00',
  ],
  ['2026-11-27T14:00:00Z', 'Fri 27 Nov 08:00 Chicago · opens at 08:30, closes at 12:00, early'],
  ['2026-11-27T16:00:00Z', 'Fri 27 Nov 10:00 Chicago · open until 12:00, early'],
  ['2026-11-27T18:00:00Z', 'Fri 27 Nov 12:00 Chicago · closed at 12:00, early · next session Mon 30 Nov'],
  ['2026-11-29T01:00:00Z', 'Sat 28 Nov 19:00 Chicago · no session today · next session Mon 30 Nov'],
  ['2026-07-06T14:00:00Z', 'Mon 6 Jul 09:00 Chicago · open until 15:00'],
])('at %s it says %s', (now, said) => {
  expect(marketClock(new Date(now), chicago)).toBe(said);
});

test.each([
  ['UTC', 'UTC'],
  ['America/Argentina/Buenos_Aires', 'Buenos Aires'],
  ['Asia/Kolkata', 'Kolkata'],
])('the zone %s is called %s', (zone, place) => {
  expect(pageClock(zone, new Date()).place).toBe(place);
});

test('a time is said as shortly as it is clear, with its exact instant beside it', async () => {
  const clock = pageClock(chicago, new Date('2026-11-25T22:10:00Z'));
  expect(clock.whenText('2026-11-25T15:01:59Z')).toBe('09:01');
  expect(clock.whenText('2026-11-25T02:01:00Z')).toBe('Tue 24 Nov 20:01');
  expect(clock.whenText('2025-11-25T02:01:00Z')).toBe('24 Nov 2025 20:01');
  expect(clock.date('2026-03-08T05:59:00Z')).toBe('2026-03-07');
  expect(String(await clock.when('2026-11-25T02:01:00Z'))).toBe(
    '<time datetime="2026-11-25T02:01:00.000Z" title="2026-11-25T02:01:00.000Z">Tue 24 Nov 20:01</time>',
  );
});

test('sessions have no zone', () => {
  expect(sessionsText({ from: '2026-11-24', to: '2026-11-24' })).toBe('24 Nov 2026');
  expect(sessionsText({ from: '2024-01-02', to: '2026-11-05' })).toBe('2 Jan 2024 to 5 Nov 2026');
});
