import { z } from 'zod';
import { qualityRules } from '../domain/quality-rule.ts';
import { longestClosure } from '../domain/session.ts';
import { identityOfRows, spanOfRows, windowOf } from '../runs/indicators-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { ValidationRequest } from '../runs/validation-request.ts';
import type { Flow } from './flow.ts';
import { symbolsAsked } from './ingestion.ts';
import { dateOption, whenAsked, whichSymbols, wordList } from './parameters.ts';
import { bothDates, rangeOf, requireReach } from './ranges.ts';

const parameters = z.strictObject({
  ...whenAsked,
  ...whichSymbols,
  startDate: dateOption('first session; without a range the last closed session and the days before it'),
  endDate: dateOption('last session'),
  checks: wordList(qualityRules, 'rules separated by commas; without it all of docs/data.md'),
});

/** Judges daily bars as they are stored. */
export const marketDataValidation = {
  name: 'market-data-validation',
  type: 'marketDataValidation',
  pool: 'analytics',
  description: 'Judges stored daily bars by rules',
  asks: null,
  subject: 'quality',
  priorityKey: 2,
  policy: { ...dailyPolicy, loadRetries: 0 },
  parameters,
  request({ startDate, endDate, checks, ...asked }, nominalTime) {
    const request = {
      nominalTime,
      rows: rowsAsked(bothDates({ startDate, endDate })),
      ...symbolsAsked(asked),
    };
    return checks === undefined ? request : { ...request, checks: [...new Set(checks)].sort() };
  },
  sessions: (request, calendar) => windowOf(request, calendar),
  span: ({ rows }, { range }) => spanOfRows(rows, range),
  identity: ({ nominalTime, ...others }) => identityOfRows(others),
} as const satisfies Flow<typeof parameters, ValidationRequest>;

/** A session tells of those before it: whether a step holds, and a spike is taken back. */
const weekDays = 6;

function rowsAsked(dates: ReturnType<typeof bothDates>): ValidationRequest['rows'] {
  if (dates === null) return { daysBack: weekDays, calculationDate: null };
  requireReach('endDate', dates.endDate, longestClosure);
  return { range: rangeOf(dates) };
}
