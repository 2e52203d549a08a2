import { z } from 'zod';
import { longestClosure } from '../domain/session.ts';
import { sourceNames } from '../domain/source.ts';
import {
  identityOfRows,
  spanOfRows,
  usualIndicatorSource,
  windowOf,
  type IndicatorsRequest,
  type RowsWish,
} from '../runs/indicators-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';
import type { Flow } from './flow.ts';
import { symbolsAsked } from './ingestion.ts';
import {
  choice,
  dateOption,
  optionalDaysBack,
  optionalFlag,
  whenAsked,
  whichSymbols,
  wholeNumber,
} from './parameters.ts';
import { bothDates, rangeOf, requireReach } from './ranges.ts';
import { setting } from '../setting.ts';

const parameters = z.strictObject({
  ...whenAsked,
  ...whichSymbols,
  daysBack: optionalDaysBack,
  calculationDate: dateOption('the last session of indicators; without it the last closed one'),
  startDate: dateOption('first session'),
  endDate: dateOption('last session'),
  dataSource: choice(
    sourceNames,
    usualIndicatorSource,
    '<source>',
    `whose bars: ${sourceNames.join(' or ')}`,
  ),
  extra: optionalFlag(
    `with the extras of docs/indicators.md; without it as ${setting('INDICATORS_EXTRA')} says`,
  ),
  /** How long to wait for the session's ingestion: its bars may be late, and then the run goes on with what is there. */
  waitSeconds: wholeNumber(0).max(604_800, 'at most 604,800, a week').optional(),
});

const usualDaysBack = 300;

/** Computes the indicators that are due, from the bars as they are stored. */
export const indicatorsDailyCalculation = {
  name: 'indicators-daily-calculation',
  type: 'indicatorsDailyCalculation',
  pool: 'analytics',
  description: 'Daily technical indicators of the watchlist',
  asks: null,
  subject: 'indicators',
  priorityKey: 2,
  policy: { ...dailyPolicy, loadRetries: 0 },
  parameters,
  request(asked, nominalTime) {
    const { dataSource: source, waitSeconds = null, extra } = asked;
    const rows = rowsAsked(asked, nominalTime);
    const wish = { nominalTime, source, rows, ...symbolsAsked(asked), waitSeconds };
    return extra === undefined ? wish : { ...wish, extra };
  },
  sessions: (request, calendar) => windowOf(request, calendar),
  span: ({ rows }, { range }) => spanOfRows(rows, range),
  /** Whether it waits makes no other run of it. */
  identity: ({ nominalTime, waitSeconds, ...others }) => identityOfRows(others),
} as const satisfies Flow<typeof parameters, IndicatorsRequest>;

function rowsAsked(asked: z.output<typeof parameters>, nominalTime: string): RowsWish {
  const { daysBack, calculationDate } = asked;
  const dates = bothDates(asked);
  if (dates === null) {
    const last = calculationDate ?? nominalTime;
    requireReach('calculationDate', last, longestClosure);
    requireReach('daysBack', last, daysBack ?? 0);
    return { daysBack: daysBack ?? usualDaysBack, calculationDate: calculationDate ?? null };
  }
  if (daysBack !== undefined || calculationDate !== undefined) {
    throw new ContradictoryParameters(
      daysBack === undefined ? 'calculationDate' : 'daysBack',
      'a range and days back or a calculation date contradict each other',
      'give either the two dates of a range, or the others',
    );
  }
  requireReach('endDate', dates.endDate, longestClosure);
  return { range: rangeOf(dates) };
}
