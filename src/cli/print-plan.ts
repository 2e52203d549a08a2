import { flows, type FlowName } from '../flows/index.ts';
import { previewWithQuota, type Estimate } from '../operations/preview-plan.ts';
import { whomToName } from '../runs/next-steps.ts';
import type { RunRequest } from '../runs/run.ts';
import type { PlanFigures } from '../runs/run-summary.ts';
import { withStore, type StoreContext } from './context.ts';
import { UsageError } from './errors.ts';
import { learnReference } from './learn-reference.ts';
import { marketMark, note, printJson, printTable } from './output.ts';

/**
 * Says what a request of a flow would ask; asks nothing itself but for lists of instruments that the store has never
 * had. Throws `UsageError`.
 */
export async function printPlan(
  name: FlowName,
  request: RunRequest,
  { json }: { readonly json?: unknown },
): Promise<void> {
  if (!('interval' in request)) {
    const asking = Object.values(flows).filter(({ asks }) => asks !== null);
    const choice = asking.map((flow) => flow.name).join(', ');
    throw new UsageError(`${name} asks no provider, so there is no plan`, `choose from ${choice}`);
  }
  await withStore(async (reading) => {
    const { store, config, endpoints } = reading;
    const deps = { db: store.db, config };
    await learnReference(store.db, request);
    const { plan, estimate } = await previewWithQuota(deps, request, endpoints.baseUrls[request.source]);
    if (json === true) printJson(plan);
    else print(reading, plan);
    note(basisOf(estimate, config.sources[request.source].requestsPerMinute));
    if (plan.symbols === 0) note(whomToName(request.source));
  });
}

/** What the seconds of a plan are worked out from. */
function basisOf({ paceSeconds, rowsPerSecond, measured }: Estimate, requestsPerMinute: number): string {
  const rate = `${Math.round(rowsPerSecond)} rows a second${measured ? ', as earlier runs did' : ', for want of earlier runs'}`;
  return `seconds: ${paceSeconds} by the pace of ${requestsPerMinute} requests a minute; it keeps ${rate}`;
}

function print({ config }: StoreContext, plan: PlanFigures): void {
  const { requests, symbols, sessions, cells, expectedRows, estimatedSeconds, quotaLeft: left } = plan;
  process.stdout.write(`${marketMark(config.market)}plan\n`);
  printTable(
    [
      'requests',
      'whole-market',
      'per-symbol',
      'look-ups',
      'symbols',
      'sessions',
      'cells',
      'rows',
      'seconds',
      'quota left',
    ],
    [
      [
        requests.total,
        requests.wholeMarket,
        requests.perSymbol,
        requests.lookups,
        symbols,
        sessions,
        cells,
        expectedRows,
        estimatedSeconds,
        left,
      ],
    ],
  );
}
