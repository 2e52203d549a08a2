import type { ScheduleDeclaration } from './declaration.ts';

export const polygonSettlement: ScheduleDeclaration = {
  flow: 'polygon-settlement',
  cron: '30 10 * * 2-6',
  // Once a week far more of them.
  parameters: { saturdaySessions: 60 },
};
