import type { ScheduleDeclaration } from './declaration.ts';

export const polygonSettlement: ScheduleDeclaration = {
  flow: 'polygon-settlement',
  description: 'Settles the last sessions from Polygon.io once they are final, and records revisions',
  cron: '30 10 * * 2-6',
  provider: 'polygon',
  request: { sessions: { finalSessions: 10, onSaturdays: 60 }, incremental: false },
};
