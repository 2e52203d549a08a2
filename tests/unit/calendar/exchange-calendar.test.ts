import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  lastClosedSession,
  OutsideCalendar,
  sessionDaysBetween,
  sessionOn,
  sessionsBetween,
  sessionsDue,
} from '../../../src/calendar/exchange-calendar.ts';
import { dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { judgeIntraday } from '../../../src/domain/intraday-absence.ts';

const fixture = '../shared/fixtures/calendar/XNYS_sessions_1990_2027.csv';

/** Late openings and early closes of the exchange's own list that the recorded calendar lacks. */
const unrecorded = [
  ['1994-02-11', '1994-02-11T14:30:00.000Z', '1994-02-11T19:30:00.000Z', true],
  ['1995-12-18', '1995-12-18T15:30:00.000Z', '1995-12-18T21:00:00.000Z', false],
  ['1996-01-08', '1996-01-08T16:00:00.000Z', '1996-01-08T19:00:00.000Z', true],
  ['1997-10-27', '1997-10-27T14:30:00.000Z', '1997-10-27T20:30:00.000Z', true],
  ['2002-09-11', '2002-09-11T16:00:00.000Z', '2002-09-11T20:00:00.000Z', false],
  ['2005-06-01', '2005-06-01T13:30:00.000Z', '2005-06-01T19:56:00.000Z', true],
].map(([session, opensAt, closesAt, earlyClose]) => ({ session, opensAt, closesAt, earlyClose }));

test.each(unrecorded)('$session opens at $opensAt and closes at $closesAt', (session) => {
  expect(sessionOn(String(session.session))).toEqual(session);
});

test('December 31, 1999 closed at 13:00', () => {
  expect(sessionOn('1999-12-31')).toMatchObject({ closesAt: '1999-12-31T18:00:00.000Z', earlyClose: true });
});

test('hours are expected from a late opening to an early close', () => {
  const [session] = sessionsBetween({ from: '1996-01-08', to: '1996-01-08' });
  const judged = judgeIntraday({
    source: 'yahoo',
    interval: '1h',
    sessions: session === undefined ? [] : [session],
    answered: Float64Array.of(Date.parse('1996-01-08T16:00:00Z')),
    observedMs: Date.parse('1996-02-01T00:00:00Z'),
    listedOn: null,
    delistedOn: null,
  });
  const hours = ['1996-01-08T17:00:00.000Z', '1996-01-08T18:00:00.000Z'];
  expect(judged.seen.map(({ opensAt }) => opensAt)).toEqual(hours);
});

test.skipIf(!existsSync(fixture))(
  'every session from 1990 to 2027 equals the recorded calendar (../shared), but for hours that it lacks',
  () => {
    const instant = (text = '') => new Date(text).toISOString();
    const recorded = readFileSync(fixture, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [session, opensAt, closesAt, early] = line.split(',');
        return { session, opensAt: instant(opensAt), closesAt: instant(closesAt), earlyClose: early === '1' };
      });
    expect(recorded.length).toBe(9569);
    const known = new Map(unrecorded.map((session) => [session.session, session]));
    const right = recorded.map((session) => known.get(session.session ?? '') ?? session);
    expect(sessionsBetween({ from: '1990-01-01', to: '2027-12-31' })).toEqual(right);
  },
);

describe('closed days', () => {
  test.each([
    ['1998-01-19', 'the first Martin Luther King Jr. Day'],
    ['2001-09-14', 'the days after September 11'],
    ['2012-10-29', 'Hurricane Sandy'],
    ['2022-06-20', 'Juneteenth on a Sunday'],
    ['2025-01-09', 'the mourning for Jimmy Carter'],
    ['2027-12-24', 'Christmas on a Saturday'],
    ['2035-03-23', 'Good Friday by rule'],
    ['2026-11-22', 'a Sunday'],
  ])('%s is closed: %s', (date) => {
    expect(sessionOn(date)).toBeNull();
  });

  test.each([
    ['1997-01-20', 'Martin Luther King Jr. Day before the exchange kept it'],
    ['2021-12-31', "the Friday before a New Year's Day on a Saturday"],
    ['2021-06-18', 'Juneteenth before 2022'],
    ['2026-10-12', 'Columbus Day'],
  ])('%s is open: %s', (date) => {
    expect(sessionOn(date)?.session).toBe(date);
  });
});

describe('hours', () => {
  test.each([
    ['2024-03-08', '2024-03-08T14:30:00.000Z', '2024-03-08T21:00:00.000Z', false],
    ['2024-03-11', '2024-03-11T13:30:00.000Z', '2024-03-11T20:00:00.000Z', false],
    ['2024-11-01', '2024-11-01T13:30:00.000Z', '2024-11-01T20:00:00.000Z', false],
    ['2024-11-04', '2024-11-04T14:30:00.000Z', '2024-11-04T21:00:00.000Z', false],
    ['2026-11-27', '2026-11-27T14:30:00.000Z', '2026-11-27T18:00:00.000Z', true],
    ['2030-07-03', '2030-07-03T13:30:00.000Z', '2030-07-03T17:00:00.000Z', true],
    ['1991-12-24', '1991-12-24T14:30:00.000Z', '1991-12-24T19:00:00.000Z', true],
  ])('%s opens at %s and closes at %s', (session, opensAt, closesAt, earlyClose) => {
    expect(sessionOn(session)).toEqual({ session, opensAt, closesAt, earlyClose });
  });
});

test.each([
  ['2024-03-28', '2024-04-02'],
  ['2023-12-29', '2024-01-02'],
  ['2019-06-01', '2024-06-01'],
  ['2024-07-04', '2024-07-04'],
  ['2024-07-05', '2024-07-04'],
])('from %s to %s the days of the sessions are those of their dates', (from, to) => {
  const dates = sessionsBetween({ from, to }).map(({ session }) => session);
  expect(Array.from(sessionDaysBetween({ from, to }), dateOfDayNumber)).toEqual(dates);
});

describe('sessions due', () => {
  test.each([
    ['before the close the day itself is not due', '2026-11-24T20:59:59Z', 1, ['2026-11-23']],
    ['at the close it is', '2026-11-24T21:00:00Z', 1, ['2026-11-23', '2026-11-24']],
    ['daysBack 0 is the day alone', '2026-11-25T02:00:00Z', 0, ['2026-11-24']],
    ['daysBack 0 before the close falls back to the last session', '2026-11-24T15:00:00Z', 0, ['2026-11-23']],
    ['a Sunday falls back to Friday', '2026-11-22T18:00:00Z', 1, ['2026-11-20']],
    ['Thanksgiving with one day back', '2026-11-27T02:00:00Z', 1, ['2026-11-25']],
    ['a half day is closed by 13:00', '2026-11-27T18:00:00Z', 0, ['2026-11-27']],
    ['a minute before it is not', '2026-11-27T17:59:00Z', 0, ['2026-11-25']],
    [
      'after midnight UTC the exchange date is still the day before',
      '2024-03-12T01:00:00Z',
      0,
      ['2024-03-11'],
    ],
    ['over the clock change in spring', '2024-03-12T01:00:00Z', 3, ['2024-03-08', '2024-03-11']],
    ['over the clock change in autumn', '2024-11-05T02:00:00Z', 3, ['2024-11-01', '2024-11-04']],
    ['September 11 with a week back', '2001-09-16T12:00:00Z', 3, ['2001-09-10']],
  ])('%s', (_, nominal, daysBack, expected) => {
    expect(sessionsDue(new Date(nominal), daysBack).map(({ session }) => session)).toEqual(expected);
  });

  test('the last closed session changes at the close', () => {
    expect(lastClosedSession(new Date('2026-11-23T20:59:59.999Z')).session).toBe('2026-11-20');
    expect(lastClosedSession(new Date('2026-11-23T21:00:00Z')).session).toBe('2026-11-23');
  });
});

test('the calendar goes on by rule, and refuses what it does not cover', () => {
  expect(sessionsBetween({ from: '2199-12-25', to: '2199-12-31' }).map(({ session }) => session)).toEqual([
    '2199-12-26',
    '2199-12-27',
    '2199-12-30',
    '2199-12-31',
  ]);
  expect(() => sessionsBetween({ from: '1989-12-29', to: '1990-01-05' })).toThrow(OutsideCalendar);
});

test('a range is inclusive at both ends and may be empty', () => {
  expect(sessionsBetween({ from: '2026-11-20', to: '2026-11-23' }).map(({ session }) => session)).toEqual([
    '2026-11-20',
    '2026-11-23',
  ]);
  expect(sessionsBetween({ from: '2026-11-21', to: '2026-11-22' })).toEqual([]);
});
