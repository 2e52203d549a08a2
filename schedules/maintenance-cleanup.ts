import type { ScheduleDeclaration } from './declaration.ts';

export const maintenanceCleanup: ScheduleDeclaration = {
  flow: 'maintenance-cleanup',
  cron: '0 3 * * 0',
  parameters: {},
};
