import type { Command } from 'commander';
import { flowNames } from '../flows/index.ts';
import { addFlowOptions, askedOf, parseFlow, type Options } from './flow-options.ts';
import { printPlan } from './print-plan.ts';
import { runFlow } from './run-flow.ts';
import { jsonOption } from './shared-options.ts';
import { addTableOptions } from './table/column.ts';

export function addRunCommand(program: Command): void {
  const command = program
    .command('run <flow>')
    .description(`start a flow and wait for its summary: ${flowNames.join(', ')}`);
  addTableOptions(addFlowOptions(command, flowNames))
    .option('--plan', 'only say what it would ask')
    .option('--no-wait', 'start it and return')
    .addOption(jsonOption)
    .action(async (name: string, options: Options) => {
      const flow = parseFlow(name);
      const asked = askedOf(flow, options, new Date());
      if (options.plan === true) await printPlan(flow, asked.request, options);
      else await runFlow(flow, asked, options);
    });
}
