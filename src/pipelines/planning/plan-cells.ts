import { sources } from '../../domain/source.ts';
import { planRequests, type RequestPlan, type SeriesPlan } from '../../planning/plan-requests.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { RunSessions } from '../../runs/run.ts';
import type { Database } from '../../store/database.ts';
import type { PlannableLoad } from '../../store/load-runs.ts';
import { dueCells } from './due-cells.ts';

interface PlanWish {
  readonly request: IngestionRequest;
  readonly sessions: RunSessions;
  readonly loads: readonly PlannableLoad[];
}

/** A request for one load, or for what of it lies under one ticker. */
interface TickerPlan extends SeriesPlan {
  /** What to ask for; null: the ticker of today. */
  readonly ticker: string | null;
}

export interface DraftPlan {
  readonly plan: Omit<RequestPlan, 'seriesRequests'> & { readonly seriesRequests: readonly TickerPlan[] };
  /** Loads that miss nothing: of days on which their instruments bore no ticker there is nothing to miss. */
  readonly complete: readonly number[];
  readonly cells: number;
}

/** The fewest requests that bring what the loads of a request miss, each under the ticker of its days. */
export async function planFor(db: Database, wish: PlanWish): Promise<DraftPlan> {
  const { wholeMarket } = sources[wish.request.source];
  const { sessions } = wish.sessions;
  const { series: due, borne, expected } = await dueCells(db, wish);
  // Over-the-counter stocks are in no whole-market answer.
  const listed = new Set(wish.loads.flatMap(({ id, exchange }) => (exchange === null ? [] : [id])));
  const series = due.map((one) => ({ ...one, wholeMarket: wholeMarket && listed.has(one.id) }));
  const plan = planRequests({
    sessions,
    bars: expected.map(({ bars }) => bars),
    wholeMarket: sessions.map(() => wholeMarket),
    series,
  });
  const seriesRequests = plan.seriesRequests.map((one): TickerPlan => {
    const ticker = borne.get(one.id)?.find(({ to }) => to === null || to >= one.from)?.ticker ?? null;
    return { ...one, ticker };
  });
  return {
    plan: { ...plan, seriesRequests },
    complete: series.flatMap(({ id, missing }) => (missing.length === 0 ? id : [])),
    cells: series.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}
