import type { ScheduleDeclaration } from './declaration.ts';

export const polygonDailyIngestion: ScheduleDeclaration = {
  flow: 'polygon-daily-ingestion',
  cron: '0 20 * * 1-5',
  // Corrections come late: the last five sessions are asked once more.
  parameters: { revisionSessions: 5 },
};
