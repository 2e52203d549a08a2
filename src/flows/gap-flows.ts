import { z } from 'zod';
import type { RepairRequest } from '../runs/side-requests.ts';
import type { Flow } from './flow.ts';
import { ofTheDay, weeksOfWork } from './of-the-day.ts';
import { date, symbolList, wholeNumber, whenAsked } from './parameters.ts';
import { bothDates, rangeOf } from './ranges.ts';

const days = (count: number) => count * 86_400;
const latest = days(30);

/** Whose bars that lack are asked for, of which sessions. */
export const repairWish = z.strictObject({
  ...whenAsked,
  symbols: symbolList.optional(),
  startDate: date.optional(),
  endDate: date.optional(),
  againAfterSeconds: z
    .array(wholeNumber(0).max(latest, `at most ${latest}, a month`), 'a list')
    .max(10, 'at most 10')
    .default([days(1), days(3), days(7)]),
});

function repairOf(asked: z.output<typeof repairWish>, nominalTime: string): RepairRequest {
  const { symbols, againAfterSeconds } = asked;
  const dates = bothDates(asked);
  return {
    nominalTime,
    ...(symbols === undefined ? {} : { symbols: [...new Set(symbols)] }),
    range: dates === null ? null : rangeOf(dates),
    againAfterSeconds: againAfterSeconds.toSorted((a, b) => a - b),
  };
}

/** Asks for bars that lack and may be had. */
export const repairGaps = {
  ...ofTheDay,
  name: 'repair-gaps',
  type: 'repairGaps',
  description: 'Bars that lack and may be had',
  subject: 'gaps',
  priorityKey: 4,
  policy: weeksOfWork,
  parameters: repairWish,
  request: repairOf,
} as const satisfies Flow<typeof repairWish, RepairRequest>;

/** Asks again for what a repair has not brought, and tells people of what remains. */
export const reaskGaps = {
  ...repairGaps,
  name: 'reask-gaps',
  type: 'reaskGaps',
  description: 'Bars that a repair has not brought, asked for again',
  priorityKey: 5,
} as const satisfies Flow<typeof repairWish, RepairRequest>;
