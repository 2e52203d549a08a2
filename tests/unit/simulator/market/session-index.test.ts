import { describe, expect, test } from 'vitest';
import { createSessionIndex } from '../../../../src/simulator/market/session-index.ts';
import { weekdayCalendar } from '../../../support/weekday-calendar.ts';

describe('the session index', () => {
  const sessions = createSessionIndex(weekdayCalendar(['2024-01-01']));

  test('lists sessions of a range across years, both ends included', () => {
    const found = sessions.between({ from: '2023-12-28', to: '2024-01-03' });
    expect(found.map(({ session }) => session)).toEqual([
      '2023-12-28',
      '2023-12-29',
      '2024-01-02',
      '2024-01-03',
    ]);
  });

  test('finds none in a reversed range', () => {
    expect(sessions.between({ from: '2024-01-03', to: '2024-01-02' })).toEqual([]);
  });

  test('the session before the first of a year is the last of the year before', () => {
    expect(sessions.previous('2024-01-02')?.session).toBe('2023-12-29');
    expect(sessions.previous('2024-01-07')?.session).toBe('2024-01-05');
  });

  test('closes at 16:00 New York, winter and summer, on dates off the calendar too', () => {
    expect(new Date(sessions.closesAtMs('2024-01-02')).toISOString()).toBe('2024-01-02T21:00:00.000Z');
    expect(new Date(sessions.closesAtMs('2024-07-06')).toISOString()).toBe('2024-07-06T20:00:00.000Z');
  });

  test('asks the calendar once a year of sessions', () => {
    let asked = 0;
    const calendar = weekdayCalendar();
    const counted = createSessionIndex({
      sessionsBetween(range) {
        asked += 1;
        return calendar.sessionsBetween(range);
      },
    });
    for (const session of ['2024-03-01', '2024-03-04', '2024-12-31']) {
      counted.between({ from: session, to: session });
      counted.closesAtMs(session);
    }
    expect(asked).toBe(1);
  });
});
