import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { PlanFigures } from '../../runs/run-summary.ts';
import type { Database } from '../../store/database.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import { estimateSeconds, type Estimate } from './estimate-seconds.ts';
import { listPagesDue } from './lists-due.ts';
import { planFor } from './plan-cells.ts';
import { sessionsOf } from '../../runs/run-sessions.ts';
import { loadsOf } from './wished-loads.ts';

/** What a request would ask, and what says how long it takes. */
export interface Preview extends Omit<PlanFigures, 'quotaLeft'> {
  readonly estimate: Estimate;
}

/** What a request would ask, from the store alone: nothing is asked of the provider, nothing is written. */
export async function previewRun(
  { db, requestsPerMinute }: { readonly db: Database; readonly requestsPerMinute: number },
  request: IngestionRequest,
): Promise<Preview> {
  const sessions = sessionsOf(request, exchangeCalendar);
  const entered = (await loadsOf(db, request)).filter(({ error }) => error === undefined);
  // An unknown symbol gets an id that no instrument has: everything of it is missing.
  const loads = entered.map(({ symbol, instrumentId, exchange = 'unknown', delistedOn = null }, index) => {
    return { id: index, symbol, instrumentId: instrumentId ?? -1 - index, exchange, delistedOn };
  });
  const { plan, cells } = await planFor(db, { request, sessions, loads });
  const unknown = entered.filter(({ instrumentId }) => instrumentId === null).length;
  const lookups = unknown + (await listPagesDue(db, request));
  const { total, wholeMarket, perSeries } = plan.requests;
  const rows = plan.expectedRows;
  const estimate = await estimateSeconds(db, request, { requests: total + lookups, rows, requestsPerMinute });
  return {
    requests: { total, wholeMarket, perSymbol: perSeries, lookups },
    symbols: entered.length,
    sessions: sessions.sessions.length,
    cells,
    expectedRows: rows,
    estimatedSeconds: estimate.seconds,
    estimate,
  };
}
