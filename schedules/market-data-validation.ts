import type { ScheduleDeclaration } from './declaration.ts';

export const marketDataValidation: ScheduleDeclaration = {
  flow: 'market-data-validation',
  cron: '30 20 * * 1-5',
  // Bars and corporate actions may be late; the indicators wait longer than that.
  parameters: { waitSeconds: 90 * 60 },
};
