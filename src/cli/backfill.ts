import type { Command } from 'commander';
import { addFlowOptions, askedOf, type Options } from './flow-options.ts';
import { printPlan } from './print-plan.ts';
import { runFlow } from './run-flow.ts';
import { jsonOption } from './shared-options.ts';
import { addTableOptions } from './table/column.ts';

const flow = 'polygon-historical-backfill';

export function addBackfillCommand(program: Command): void {
  const command = program.command('backfill').description('bring the daily bars of a range');
  addTableOptions(addFlowOptions(command, [flow]))
    .option('--plan', 'only say what it would ask')
    .option('--no-wait', 'start it and return')
    .addOption(jsonOption)
    .action(async (options: Options) => {
      const asked = askedOf(flow, options, new Date());
      if (options.plan === true) await printPlan(flow, asked.request, options);
      else await runFlow(flow, asked, options);
    });
}
