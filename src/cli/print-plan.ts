import { flows, type FlowName } from '../flows/index.ts';
import type { SourceName } from '../domain/source.ts';
import { previewWithQuota, type Estimate } from '../operations/preview-plan.ts';
import { readBudgetHold, type BudgetHold } from '../operations/read-budgets.ts';
import { whomToName } from '../runs/next-steps.ts';
import type { RunRequest } from '../runs/run.ts';
import type { PlanFigures } from '../runs/run-summary.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { learnReference } from './learn-reference.ts';
import { note, printJson, printTable } from './output.ts';
import { chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { countText } from '../operations/figures.ts';
import { wallClock } from '../operations/wall-clock.ts';

const figure = (name: string, of: (plan: PlanFigures) => number, rank: 1 | 2 | 3): Column<PlanFigures> => ({
  name,
  cell: (plan) => countText(of(plan)),
  right: true,
  rank,
});

/** Of the table of a plan. */
export const planColumns: readonly Column<PlanFigures>[] = [
  figure('requests', ({ requests }) => requests.total, 1),
  figure('whole-market', ({ requests }) => requests.wholeMarket, 3),
  figure('per-symbol', ({ requests }) => requests.perSymbol, 3),
  figure('look-ups', ({ requests }) => requests.lookups, 2),
  figure('symbols', ({ symbols }) => symbols, 1),
  figure('sessions', ({ sessions }) => sessions, 1),
  figure('cells', ({ cells }) => cells, 2),
  figure('rows', ({ expectedRows }) => expectedRows, 1),
  figure('seconds', ({ estimatedSeconds }) => estimatedSeconds, 1),
  figure('quota left', ({ quotaLeft }) => quotaLeft, 2),
];

/**
 * Says what a request of a flow would ask; asks nothing itself but for lists of instruments that the store has never
 * had. Throws `UsageError`.
 */
export async function printPlan(
  name: FlowName,
  request: RunRequest,
  options: TableOptions & { readonly json?: unknown },
): Promise<void> {
  if (!('interval' in request)) {
    const asking = Object.values(flows).filter(({ asks }) => asks !== null);
    const choice = asking.map((flow) => flow.name).join(', ');
    throw new UsageError(`${name} asks no provider, so there is no plan`, `choose from ${choice}`);
  }
  const choice = chosenColumns(planColumns, options);
  await withStore(async ({ store, config, endpoints }) => {
    const deps = { db: store.db, config };
    await learnReference(store.db, request);
    const { source } = request;
    const baseUrl = endpoints.baseUrls[source];
    const { plan, estimate } = await previewWithQuota(deps, request, baseUrl);
    if (options.json === true) printJson(plan, config.market);
    else
      printTable(
        { title: `plan of ${name}`, market: config.market, columns: planColumns, rows: [plan] },
        choice,
      );
    note(basisOf(estimate, config.sources[source].requestsPerMinute));
    const hold = await readBudgetHold(deps, source, baseUrl);
    if (hold?.refused === true) note(heldUp(source, hold, config.displayTimeZone));
    if (plan.symbols === 0) note(whomToName(source));
  });
}

/** What comes before the first request of a plan. */
function heldUp(source: SourceName, { until }: BudgetHold, zone: string): string {
  return `${source} has refused: nothing is asked until ${wallClock(zone).second(until)} ${zone}`;
}

/** What the seconds of a plan are worked out from. */
function basisOf({ paceSeconds, rowsPerSecond, measured }: Estimate, requestsPerMinute: number): string {
  const rate = `${Math.round(rowsPerSecond)} rows a second${measured ? ', as earlier runs did' : ', for want of earlier runs'}`;
  return `seconds: ${paceSeconds} by the pace of ${requestsPerMinute} requests a minute; it keeps ${rate}`;
}
