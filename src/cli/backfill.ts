import type { Command } from 'commander';
import { previewRun } from '../pipelines/planning/preview-run.ts';
import type { IngestionRequest } from '../runs/ingestion-run.ts';
import { polygonBudgetKey } from '../config.ts';
import { quotaLeft } from '../store/provider-budget.ts';
import { openReading } from './context.ts';
import { marketMark, printJson, printTable } from './output.ts';
import type { RangeOptions } from './parameters.ts';
import { requestOf } from './run.ts';
import { runFlow } from './run-flow.ts';

interface BackfillOptions extends RangeOptions {
  readonly symbols?: string;
  readonly maxSymbols?: string;
  readonly plan?: true;
  readonly wait: boolean;
  readonly json?: true;
}

export function addBackfillCommand(program: Command): void {
  program
    .command('backfill')
    .description('bring the daily bars of a range')
    .option('--start-date <date>', 'first session')
    .option('--end-date <date>', 'last session')
    .option('--from <date>', 'the same as --start-date')
    .option('--to <date>', 'the same as --end-date')
    .option('--symbols <list>', 'symbols separated by commas; without it everything listed in the range')
    .option('--max-symbols <count>', 'no more symbols than that')
    .option('--plan', 'only say what it would ask')
    .option('--no-wait', 'start it and return')
    .option('--json', 'one JSON document')
    .action(async (options: BackfillOptions) => {
      const request = requestOf('polygon-historical-backfill', options);
      if (options.plan) await printPlan(request, options.json ?? false);
      else await runFlow('polygon-historical-backfill', request, options);
    });
}

async function printPlan(request: IngestionRequest, json: boolean): Promise<void> {
  const { store, config, endpoints, close } = await openReading();
  try {
    const { requestsPerMinute } = config.polygon;
    const budget = polygonBudgetKey(config, endpoints.polygonBaseUrl);
    const plan = {
      ...(await previewRun({ store, requestsPerMinute }, request)),
      quotaLeft: await quotaLeft(store.db, budget, { periodMs: 60_000, requests: requestsPerMinute }),
    };
    if (json) {
      printJson(plan);
      return;
    }
    const { requests, symbols, sessions, cells, expectedRows, estimatedSeconds } = plan;
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
          plan.quotaLeft,
        ],
      ],
    );
  } finally {
    await close();
  }
}
