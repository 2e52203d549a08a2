import { z } from 'zod';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { Flow } from './flow.ts';
import { barsAlone, bringsBars, symbolsAsked } from './ingestion.ts';
import { countOption, sessionCount, whenAsked, whichSymbols } from './parameters.ts';
import { requireSessions } from './ranges.ts';

const parameters = z.strictObject({
  ...whenAsked,
  sessions: countOption(1, 10, 'how many of the last final sessions to settle'),
  /** On Saturdays so many instead. */
  saturdaySessions: sessionCount(1).optional(),
  ...whichSymbols,
});

/** Reads the last sessions again once they are final: settles their bars and records what was corrected. */
export const polygonSettlement = {
  ...bringsBars,
  name: 'polygon-settlement',
  type: 'polygonSettlement',
  pool: 'data-ingestion',
  description: 'Settles the last sessions from Polygon.io once they are final, and records revisions',
  asks: 'polygon',
  subject: 'polygon',
  priorityKey: 2,
  policy: { ...dailyPolicy, crossCheck: true, judges: true },
  parameters,
  catchUp: ({ sessions, saturdaySessions }, days) => ({
    sessions: Math.max(sessions, days),
    ...(saturdaySessions === undefined ? {} : { saturdaySessions: Math.max(saturdaySessions, days) }),
  }),
  request(asked, nominalTime) {
    const { sessions: finalSessions, saturdaySessions: onSaturdays = finalSessions } = asked;
    requireSessions('sessions', nominalTime, finalSessions);
    requireSessions('saturdaySessions', nominalTime, onSaturdays);
    return {
      nominalTime,
      source: 'polygon',
      interval: '1d',
      sessions: { finalSessions, onSaturdays },
      ...symbolsAsked(asked),
      incremental: false,
      revisionSessions: 0,
      ...barsAlone,
    };
  },
} as const satisfies Flow<typeof parameters, IngestionRequest>;
