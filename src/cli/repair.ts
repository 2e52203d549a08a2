import type { Command } from 'commander';
import { previewRepair, type GapsWish } from '../operations/preview-repair.ts';
import type { Database } from '../store/database.ts';
import { withStore } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { note, printJson, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { planColumns } from './print-plan.ts';
import {
  addRangeOptions,
  jsonOption,
  parseRangeIfAny,
  type JsonOption,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';
import { countText } from './table/figures.ts';

export function addRepairCommand(program: Command): void {
  const command = program.command('repair').description('ask for bars that lack and may be had');
  addTableOptions(addRangeOptions(command.option('--symbols <list>', 'of these symbols only')))
    .option('--plan', 'only say what it would ask')
    .addOption(jsonOption)
    .action(async (options: RepairOptions) => {
      await printRepairPlan(options);
    });
}

interface RepairOptions extends RangeOptions, JsonOption, TableOptions {
  readonly symbols?: string;
  readonly plan?: true;
}

/** What is typed, before the store is asked who is meant. */
function parsed(options: RepairOptions): { names: readonly string[] | null; range: GapsWish['range'] } {
  const names = options.symbols === undefined ? null : parseSymbols(options.symbols);
  return { names, range: parseRangeIfAny(options) };
}

async function wishOf(db: Database, { names, range }: ReturnType<typeof parsed>): Promise<GapsWish> {
  const instruments = names === null ? null : await findInstruments(db, names);
  return { instruments, range, at: new Date().toISOString() };
}

async function printRepairPlan(options: RepairOptions): Promise<void> {
  const choice = chosenColumns(planColumns, options);
  const typed = parsed(options);
  await withStore(async ({ store: { db }, config, endpoints }) => {
    const wish = await wishOf(db, typed);
    const { plan, repair } = await previewRepair({ db, config }, wish, endpoints.baseUrls);
    const { market } = config;
    if (options.json) printJson(plan, market);
    else printTable({ title: 'plan of repair', market, columns: planColumns, rows: [plan] }, choice);
    const { missing, runs } = repair;
    if (missing === 0) note('nothing to repair: what lacks, lacks for a reason');
    for (const { workflowId } of runs) note(`would run ${workflowId}`);
    if (missing > 0) note(`asking may help ${countText(missing) ?? ''} cells`);
  });
}
