import { flows } from '../flows/index.ts';
import { requestFrom } from '../flows/input.ts';
import { closeRepaired } from '../pipelines/gaps/gap-findings.ts';
import {
  planRepair,
  readGaps,
  repairPlanOf,
  type GapsWish,
  type RepairPlan,
} from '../pipelines/gaps/plan-repair.ts';
import type { Store } from '../store/database.ts';
import type { PlanFigures } from '../runs/run-summary.ts';
import type { SourceName } from '../domain/source.ts';
import { previewWithQuota, type PreviewDeps } from './preview-plan.ts';

export type { GapsWish, RepairPlan } from '../pipelines/gaps/plan-repair.ts';

/** What a repair would ask; what people were told of gaps that are none any more is closed. */
export async function closeRepairedGaps(store: Store, wish: GapsWish): Promise<RepairPlan> {
  const gaps = await readGaps(store.db, wish);
  await closeRepaired(store, null, { ...gaps, range: wish.range });
  return repairPlanOf(store.db, wish, gaps);
}

/** The plan of no request. */
const nothing: PlanFigures = {
  requests: { total: 0, wholeMarket: 0, perSymbol: 0, lookups: 0 },
  ...{ symbols: 0, sessions: 0, cells: 0, expectedRows: 0, estimatedSeconds: 0, quotaLeft: 0 },
};

/**
 * What a repair would ask, its runs together: they go on side by side, so the longest says how long it takes. Nothing is
 * asked of a provider, nothing is written; `baseUrls` are where they are asked.
 */
export async function previewRepair(
  deps: PreviewDeps,
  wish: GapsWish,
  baseUrls: Readonly<Record<SourceName, string | null>>,
): Promise<{ readonly plan: PlanFigures; readonly repair: RepairPlan }> {
  const repair = await planRepair(deps.db, wish);
  let plan = nothing;
  for (const { flow: name, parameters } of repair.runs) {
    const request = requestFrom(flows[name], parameters, wish.at);
    if (!('interval' in request)) throw new Error(`${name} brings no bars`);
    plan = together(plan, (await previewWithQuota(deps, request, baseUrls[request.source])).plan);
  }
  return { plan, repair };
}

function together(a: PlanFigures, b: PlanFigures): PlanFigures {
  return {
    requests: {
      total: a.requests.total + b.requests.total,
      wholeMarket: a.requests.wholeMarket + b.requests.wholeMarket,
      perSymbol: a.requests.perSymbol + b.requests.perSymbol,
      lookups: a.requests.lookups + b.requests.lookups,
    },
    symbols: a.symbols + b.symbols,
    sessions: Math.max(a.sessions, b.sessions),
    cells: a.cells + b.cells,
    expectedRows: a.expectedRows + b.expectedRows,
    estimatedSeconds: Math.max(a.estimatedSeconds, b.estimatedSeconds),
    quotaLeft: a.quotaLeft + b.quotaLeft,
  };
}
