import { z } from 'zod';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { Flow } from './flow.ts';
import { barsAlone, bringsBars, symbolsAsked } from './ingestion.ts';
import { daysBack, incremental, sessionCount, whenAsked, whichSymbols } from './parameters.ts';
import { requireReach, requireSessions } from './ranges.ts';

const parameters = z.strictObject({
  ...whenAsked,
  ...whichSymbols,
  daysBack: daysBack(1),
  incremental,
  /** So many of the last sessions are asked once more: corrections come late. */
  revisionSessions: sessionCount(0).default(0),
});

/** Brings the daily bars of the sessions due. */
export const polygonDailyIngestion = {
  ...bringsBars,
  name: 'polygon-daily-ingestion',
  type: 'polygonDailyIngestion',
  pool: 'data-ingestion',
  description: 'Daily end-of-day data ingestion from Polygon.io',
  asks: 'polygon',
  subject: 'polygon',
  priorityKey: 2,
  policy: { ...dailyPolicy, actions: 'sync' },
  parameters,
  request(asked, nominalTime) {
    requireReach('daysBack', nominalTime, asked.daysBack);
    requireSessions('revisionSessions', nominalTime, asked.revisionSessions);
    return {
      nominalTime,
      source: 'polygon',
      interval: '1d',
      sessions: { daysBack: asked.daysBack, reachBackDays: null },
      ...symbolsAsked(asked),
      incremental: asked.incremental,
      revisionSessions: asked.revisionSessions,
      ...barsAlone,
    };
  },
} as const satisfies Flow<typeof parameters, IngestionRequest>;
