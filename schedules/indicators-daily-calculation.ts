import type { IndicatorsRequest } from '../src/runs/indicators-run.ts';
import type { ScheduleDeclaration } from './declaration.ts';

const request: Omit<IndicatorsRequest, 'nominalTime'> = {
  sessions: { daysBack: 300 },
  source: 'yahoo',
  incremental: true,
  // The session's bars may be late; after that the run goes on with what is there, and says so.
  waitSeconds: 2 * 3600,
};

export const indicatorsDailyCalculation: ScheduleDeclaration = {
  flow: 'indicators-daily-calculation',
  description: 'Daily technical indicators of the watchlist',
  cron: '0 21 * * 1-5',
  provider: 'yahoo',
  request,
};
