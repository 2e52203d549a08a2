import { expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { judgeIntraday, type IntradayEvidence } from '../../src/domain/intraday-absence.ts';
import { slotsOf } from '../../src/domain/interval.ts';

const sessions = sessionsBetween({ from: '2024-06-10', to: '2024-06-11' });
const all = sessions.flatMap((session) => slotsOf(session, '1h').map(({ fromMs }) => fromMs));
const judge = (answered: readonly number[], observed: string, known: Partial<IntradayEvidence> = {}) =>
  judgeIntraday({
    source: 'yahoo',
    interval: '1h',
    sessions,
    answered: Float64Array.from(answered),
    observedMs: Date.parse(observed),
    listedOn: '2000-01-03',
    delistedOn: null,
    ...known,
  });

test('a full day has seven hours, the last of them half a one; a half day has four', () => {
  const [full] = sessionsBetween({ from: '2024-06-11', to: '2024-06-11' });
  const [half] = sessionsBetween({ from: '2023-11-24', to: '2023-11-24' });
  if (full === undefined || half === undefined) throw new Error('no session');
  expect(slotsOf(full, '1h')).toHaveLength(7);
  expect(slotsOf(full, '1h').map(({ fromMs, toMs }) => (toMs - fromMs) / 60_000)).toEqual([
    60, 60, 60, 60, 60, 60, 30,
  ]);
  expect(slotsOf(half, '1h')).toHaveLength(4);
});

test('nothing is missing when every hour came', () => {
  expect(judge(all, '2024-06-12T21:00:00Z')).toMatchObject({ seen: [], doubt: null });
});

test('an hour that lacks where the others came is an absence once another day says the same', () => {
  const opensAt = '2024-06-10T13:30:00.000Z';
  const { seen, doubt } = judge(all.slice(1), '2024-06-20T14:00:00Z');
  expect(seen).toEqual([{ session: '2024-06-10', opensAt, reason: 'no_trade', confirmed: false }]);
  expect(doubt).toBe('SilenceDoubted');
  const suspected = new Map([[Date.parse(opensAt), Date.parse('2024-06-19T20:00:00Z')]]);
  const known = { knownParts: { accounted: new Set<number>(), suspected } };
  const again = judge(all.slice(1), '2024-06-20T14:00:00Z', known);
  expect(again).toMatchObject({ seen: [{ opensAt, confirmed: true }], doubt: null });
});

test('hours that lack among few are absences once their session is over for more than a day', () => {
  const some = all.filter((_, index) => index % 2 === 0);
  const { seen, doubt } = judge(some, '2024-06-20T14:00:00Z');
  expect(seen.map(({ confirmed }) => confirmed)).toEqual(Array(7).fill(true));
  expect(doubt).toBeNull();
});

test('a young one stays due', () => {
  const { seen, doubt } = judge(all.slice(0, -1), '2024-06-11T21:00:00Z');
  expect(seen.map(({ confirmed }) => confirmed)).toEqual([false]);
  expect(doubt).toBe('NotYetAvailable');
});

test('hours that have not ended are not expected', () => {
  const monday = all.slice(0, 7);
  expect(judge(monday, '2024-06-11T14:00:00Z')).toMatchObject({ seen: [], doubt: null });
  expect(judge(monday, '2024-06-11T14:30:00Z').doubt).toBe('NotYetAvailable');
});

test('a session without any hour is one absence', () => {
  const { seen } = judge(all.slice(7), '2024-06-20T14:00:00Z');
  expect(seen).toEqual([{ session: '2024-06-10', reason: 'no_trade', confirmed: false }]);
});
