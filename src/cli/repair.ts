import type { Command } from 'commander';
import { previewRepair, closeRepairedGaps, type GapsWish } from '../operations/preview-repair.ts';
import type { Database } from '../store/database.ts';
import { withStore, type StoreContext } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { note, printJson, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { planColumns } from './print-plan.ts';
import { repairColumns } from './print-repair.ts';
import { runRepair } from './run-repair.ts';
import {
  addRangeOptions,
  jsonOption,
  parseRangeIfAny,
  type JsonOption,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';
import { countText } from '../operations/figures.ts';

export function addRepairCommand(program: Command): void {
  const command = program.command('repair').description('ask for bars that lack and may be had');
  addTableOptions(addRangeOptions(command.option('--symbols <list>', 'of these symbols only')))
    .option('--plan', 'only say what it would ask')
    .addOption(jsonOption)
    .action((options: RepairOptions) => (options.plan === true ? planOnly(options) : repair(options)));
}

interface RepairOptions extends RangeOptions, JsonOption, TableOptions {
  readonly symbols?: string;
  readonly plan?: true;
}

/** What is typed, before the store is asked who is meant. */
interface Typed extends Pick<GapsWish, 'range'> {
  readonly names: readonly string[] | null;
}

function parsed(options: RepairOptions): Typed {
  const names = options.symbols === undefined ? null : parseSymbols(options.symbols);
  return { names, range: parseRangeIfAny(options) };
}

async function wishOf(db: Database, { names, range }: Typed): Promise<GapsWish> {
  const instruments = names === null ? null : await findInstruments(db, names);
  return { instruments, range, at: new Date().toISOString() };
}

async function planOnly(options: RepairOptions): Promise<void> {
  const choice = chosenColumns(planColumns, options);
  const typed = parsed(options);
  await withStore(async ({ store: { db }, config, endpoints }) => {
    const wish = await wishOf(db, typed);
    const { plan, repair } = await previewRepair({ db, config }, wish, endpoints.baseUrls);
    const { market } = config;
    if (options.json) printJson(plan, market);
    else printTable({ title: 'plan of repair', market, columns: planColumns, rows: [plan] }, choice);
    for (const { workflowId } of repair.runs) note(`would run ${workflowId}`);
    note(repair.missing === 0 ? nothing : `asking may help ${countText(repair.missing) ?? ''} cells`);
  });
}

const nothing = 'nothing to repair: what lacks, lacks for a reason';

async function repair(options: RepairOptions): Promise<void> {
  const choice = chosenColumns(repairColumns, options);
  const typed = parsed(options);
  await withStore(async (reading: StoreContext) => {
    const { store, config } = reading;
    const wish = await wishOf(store.db, typed);
    const plan = await closeRepairedGaps(store, wish);
    if (plan.missing > 0) {
      const { names, range } = typed;
      await runRepair(plan, { names, range }, { choice, json: options.json === true });
      return;
    }
    const outcome = { missing: 0, came: 0, explained: 0, remains: 0, reasons: {}, runs: [], againAt: [] };
    if (options.json === true) printJson(outcome, config.market);
    note(nothing);
  });
}
