import { z } from 'zod';
import { intervalNames } from '../domain/interval.ts';
import { sources } from '../domain/source.ts';
import type { IngestionRequest, SessionWish } from '../runs/ingestion-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { Flow } from './flow.ts';
import { bringsBars, doubtsOf, symbolsAsked } from './ingestion.ts';
import {
  choice,
  date,
  daysBack,
  doubts,
  flag,
  incremental,
  sessionCount,
  whenAsked,
  whichSymbols,
} from './parameters.ts';
import { begunRange, bothDates, requireReach, requireSessions } from './ranges.ts';

const offered = intervalNames.filter((interval) => interval in sources.yahoo.intervals);

const parameters = z.strictObject({
  ...whenAsked,
  ...whichSymbols,
  daysBack: daysBack(1),
  interval: choice(offered, '1h', '<interval>', `${offered.join(' or ')}, of what Yahoo brings`),
  includeFundamentals: flag('statements as well, once a day a symbol'),
  includeKeyStatistics: flag('key statistics as well, once a day a symbol'),
  /** What is missing of so many calendar days as well; unset: of as many as a first load takes. */
  reachBackDays: sessionCount(0).optional(),
  /** So many of the last sessions are asked once more: corrections come late. */
  revisionSessions: sessionCount(0).default(5),
  /** A range instead of days back, as a series is fetched again under a new split. */
  startDate: date.optional(),
  endDate: date.optional(),
  incremental: incremental.unwrap().default(true),
  ...doubts,
});

/** Brings hourly or daily bars from Yahoo Finance, with the corporate actions that come along. */
export const yahooMarketDataHourly = {
  ...bringsBars,
  name: 'yahoo-market-data-hourly',
  type: 'yahooMarketDataHourly',
  pool: 'data-ingestion',
  description: 'Hourly market data from Yahoo Finance for the watchlist',
  asks: 'yahoo',
  subject: 'yahoo',
  priorityKey: 2,
  policy: { ...dailyPolicy, loadRetries: 2, retryDelaySeconds: 30, runRetries: 0, actions: 'refetch' },
  parameters,
  catchUp: ({ daysBack, reachBackDays }, days) => ({
    daysBack: daysBack + days,
    ...(reachBackDays === undefined ? {} : { reachBackDays: reachBackDays + days }),
  }),
  request(asked, nominalTime) {
    const { interval, incremental, includeFundamentals, includeKeyStatistics } = asked;
    const sessions = sessionsAsked(asked, nominalTime);
    return {
      nominalTime,
      source: 'yahoo',
      interval,
      sessions,
      ...symbolsAsked(asked),
      ...doubtsOf(asked),
      incremental,
      revisionSessions: 'range' in sessions ? 0 : asked.revisionSessions,
      includeFundamentals,
      includeKeyStatistics,
    };
  },
} as const satisfies Flow<typeof parameters, IngestionRequest>;

function sessionsAsked(asked: z.output<typeof parameters>, nominalTime: string): SessionWish {
  const { daysBack, interval } = asked;
  const dates = bothDates(asked);
  if (dates !== null) return { range: begunRange(dates, nominalTime) };
  const reachBackDays = asked.reachBackDays ?? sources.yahoo.intervals[interval]?.firstLoadDays ?? null;
  requireReach('daysBack', nominalTime, daysBack);
  requireReach('reachBackDays', nominalTime, asked.reachBackDays ?? 0);
  requireSessions('revisionSessions', nominalTime, asked.revisionSessions);
  return { daysBack, reachBackDays };
}
