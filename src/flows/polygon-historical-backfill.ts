import { z } from 'zod';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { Flow } from './flow.ts';
import { barsAlone, bringsBars, doubtsOf, symbolsAsked } from './ingestion.ts';
import { doubts, incremental, requiredDate, whenAsked, whichSymbols } from './parameters.ts';
import { begunRange } from './ranges.ts';

const parameters = z.strictObject({
  ...whenAsked,
  startDate: requiredDate('first session'),
  endDate: requiredDate('last session'),
  ...whichSymbols,
  incremental,
  ...doubts,
});

/** Brings the daily bars of a range of sessions. */
export const polygonHistoricalBackfill = {
  ...bringsBars,
  name: 'polygon-historical-backfill',
  type: 'polygonHistoricalBackfill',
  pool: 'data-ingestion',
  description: 'Daily bars of a range of sessions from Polygon.io',
  asks: 'polygon',
  subject: 'polygon',
  priorityKey: 4,
  policy: { ...dailyPolicy, runRetries: 0, timeoutSeconds: 7_200 },
  parameters,
  request(asked, nominalTime) {
    return {
      nominalTime,
      source: 'polygon',
      interval: '1d',
      sessions: { range: begunRange(asked, nominalTime) },
      ...symbolsAsked(asked),
      ...doubtsOf(asked),
      incremental: asked.incremental,
      revisionSessions: 0,
      ...barsAlone,
    };
  },
} as const satisfies Flow<typeof parameters, IngestionRequest>;
