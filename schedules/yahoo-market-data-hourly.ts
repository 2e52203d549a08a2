import type { ScheduleDeclaration } from './declaration.ts';

export const yahooMarketDataHourly: ScheduleDeclaration = {
  flow: 'yahoo-market-data-hourly',
  cron: '0 * * * 1-5',
  parameters: {},
};
