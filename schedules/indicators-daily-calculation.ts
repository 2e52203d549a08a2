import type { ScheduleDeclaration } from './declaration.ts';

export const indicatorsDailyCalculation: ScheduleDeclaration = {
  flow: 'indicators-daily-calculation',
  cron: '0 21 * * 1-5',
  // The session's bars may be late; after that the run goes on with what is there, and says so.
  parameters: { waitSeconds: 2 * 3600 },
};
