import type { ScheduleDeclaration } from './declaration.ts';

export const yahooMarketDataHourly: ScheduleDeclaration = {
  flow: 'yahoo-market-data-hourly',
  description: 'Hourly market data from Yahoo Finance for the watchlist',
  cron: '0 * * * 1-5',
  provider: 'yahoo',
  // Two years is as far as Yahoo keeps hours: what lacks is asked for as long as it can be.
  request: {
    source: 'yahoo',
    interval: '1h',
    sessions: { daysBack: 1, reachBackDays: 728 },
    incremental: true,
    revisionSessions: 5,
  },
};
