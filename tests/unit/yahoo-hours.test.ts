import { exchangeCalendar } from '../../src/calendar/exchange-calendar.ts';
import { expect, test } from 'vitest';
import { hourlyDue } from '../../src/runs/hourly-due.ts';

const nothing = { hours: false, day: false };
const hours = { hours: true, day: false };
const both = { hours: true, day: true };

/** Firings are on the hour, Chicago; the instants are UTC. */
test.each([
  ['before the open', '2024-06-11T13:00:00Z', nothing],
  ['the first hour: the day before settles', '2024-06-11T14:00:00Z', both],
  ['in the middle', '2024-06-11T17:00:00Z', hours],
  ['at the close', '2024-06-11T20:00:00Z', hours],
  ['an hour after the close: the day’s own bar', '2024-06-11T21:00:00Z', both],
  ['two hours after', '2024-06-11T22:00:00Z', nothing],
  ['an hour after the close in winter', '2024-01-09T22:00:00Z', both],
  ['an hour after a half day’s close', '2023-11-24T19:00:00Z', both],
  ['two hours after a half day’s close', '2023-11-24T20:00:00Z', nothing],
  ['a holiday', '2023-11-23T17:00:00Z', nothing],
  ['a Saturday', '2024-06-15T17:00:00Z', nothing],
  ['the evening before a session', '2024-06-11T01:00:00Z', nothing],
])('%s', (_, nominal, due) => {
  expect(hourlyDue(new Date(nominal), exchangeCalendar)).toEqual(due);
});
