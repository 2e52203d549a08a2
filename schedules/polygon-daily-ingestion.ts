import type { ScheduleDeclaration } from './declaration.ts';

export const polygonDailyIngestion: ScheduleDeclaration = {
  flow: 'polygon-daily-ingestion',
  description: 'Daily end-of-day data ingestion from Polygon.io',
  cron: '0 20 * * 1-5',
  provider: 'polygon',
  // Corrections come late: the last five sessions are asked once more.
  request: { sessions: { daysBack: 1 }, incremental: true, revisionSessions: 5 },
};
