import { flows, type FlowName } from '../flows/index.ts';
import { budgetKey } from '../config.ts';
import { previewRun } from '../pipelines/planning/preview-run.ts';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import type { RunRequest } from '../runs/run.ts';
import type { PlanFigures } from '../runs/run-summary.ts';
import { quotaLeft } from '../store/provider-budget.ts';
import { withStore, type Reading } from './context.ts';
import { UsageError } from './errors.ts';
import { marketMark, printJson, printTable } from './output.ts';

const periodMs = 60_000;

/** Says what a request of a flow would ask, as far as the store can tell; asks nothing. Throws `UsageError`. */
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
    const plan = await planOf(reading, request);
    if (json === true) printJson(plan);
    else print(reading, plan);
  });
}

async function planOf(
  { store: { db }, config, endpoints }: Reading,
  request: IngestionRequest,
): Promise<PlanFigures> {
  const { requestsPerMinute } = config.sources[request.source];
  const budget = budgetKey(config, request.source, endpoints.baseUrls[request.source]);
  return {
    ...(await previewRun({ db, requestsPerMinute }, request)),
    quotaLeft: await quotaLeft(db, budget, { periodMs, requests: requestsPerMinute }),
  };
}

function print({ config }: Reading, plan: PlanFigures): void {
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
