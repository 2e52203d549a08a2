import { z } from 'zod';
import { qualityRules } from '../domain/quality-rule.ts';
import { longestClosure } from '../domain/session.ts';
import { identityOfRows, spanOfRows, windowOf } from '../runs/indicators-request.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { ValidationRequest } from '../runs/validation-request.ts';
import type { Flow } from './flow.ts';
import { symbolsAsked } from './ingestion.ts';
import {
  dateOption,
  optionalDaysBack,
  whenAsked,
  whichSymbols,
  wholeNumber,
  wordList,
} from './parameters.ts';
import { bothDates, rangeOf, requireReach } from './ranges.ts';

const parameters = z.strictObject({
  ...whenAsked,
  ...whichSymbols,
  startDate: dateOption('first session; without a range the last closed session and the days before it'),
  endDate: dateOption('last session'),
  /** Calendar days before the last closed session. */
  daysBack: optionalDaysBack,
  /** How long to wait for the session's bars and corporate actions: the run then goes on with what is there. */
  waitSeconds: wholeNumber(0).max(604_800, 'at most 604,800, a week').optional(),
  checks: wordList(qualityRules, 'rules separated by commas; without it all of docs/data.md'),
});

/** Judges daily bars as they are stored. */
export const marketDataValidation = {
  name: 'market-data-validation',
  type: 'marketDataValidation',
  pool: 'data-ingestion',
  description: 'Judges stored daily bars by rules',
  asks: null,
  subject: 'quality',
  priorityKey: 2,
  policy: { ...dailyPolicy, loadRetries: 0 },
  parameters,
  /** The newest of several nights is for the sessions of all. */
  catchUp: ({ daysBack = weekDays }, days) => ({ daysBack: daysBack + days }),
  request({ checks, waitSeconds = null, ...asked }, nominalTime) {
    const request = { nominalTime, rows: rowsAsked(asked, nominalTime), ...symbolsAsked(asked), waitSeconds };
    return checks === undefined ? request : { ...request, checks: [...new Set(checks)].sort() };
  },
  sessions: (request, calendar) => windowOf(request, calendar),
  span: ({ rows }, { range }) => spanOfRows(rows, range),
  /** Whether it waits makes no other run of it. */
  identity: ({ nominalTime, waitSeconds, ...others }) => identityOfRows(others),
} as const satisfies Flow<typeof parameters, ValidationRequest>;

/** A session tells of those before it: whether a step holds, and a spike is taken back. */
const weekDays = 6;

function rowsAsked(asked: z.output<typeof parameters>, nominalTime: string): ValidationRequest['rows'] {
  const { daysBack } = asked;
  const dates = bothDates(asked);
  if (dates === null) {
    requireReach('daysBack', nominalTime, daysBack ?? weekDays);
    return { daysBack: daysBack ?? weekDays, calculationDate: null };
  }
  if (daysBack !== undefined) {
    throw new ContradictoryParameters(
      'daysBack',
      'a range and days back contradict each other',
      'give either the two dates of a range, or days back',
    );
  }
  requireReach('endDate', dates.endDate, longestClosure);
  return { range: rangeOf(dates) };
}
