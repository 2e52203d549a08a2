import type { Command } from 'commander';
import { latestStatements, readKeyStatistics } from '../store/fundamentals.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { printJson, printTable } from './output.ts';
import { parseOneSymbol } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';
import { factColumns, type Fact } from './table/facts.ts';
import { amountText } from './table/figures.ts';
import { wallClock } from './table/shown-time.ts';
import { statementTables } from './table/statement-tables.ts';

export function addFundamentalsCommand(program: Command): void {
  const command = program
    .command('fundamentals <symbol>')
    .description('statements and key statistics of one symbol, with when each was known');
  addTableOptions(command.addOption(jsonOption)).action(printFundamentals);
}

async function printFundamentals(typed: string, options: JsonOption & TableOptions): Promise<void> {
  const symbol = parseOneSymbol(typed);
  await withStore(async ({ store, config: { market, displayTimeZone: zone } }) => {
    const instrument = await findInstrument(store.db, symbol);
    const statements = await latestStatements(store.db, instrument.id);
    const keyStatistics = await readKeyStatistics(store.db, instrument.id);
    if (options.json) {
      printJson({ symbol: instrument.symbol, statements, keyStatistics }, market);
      return;
    }
    const clock = wallClock(zone);
    const tables = statementTables(statements, clock);
    const periods = tables.flatMap(({ columns }) => columns);
    const choice = chosenColumns(periods.length === 0 ? factColumns : periods, options);
    const observed =
      keyStatistics === null ? 'none' : `of ${clock.minute(keyStatistics.observedAt)} (${zone})`;
    const rows = statisticsOf(keyStatistics?.values ?? {});
    for (const table of tables) {
      const title = `${instrument.symbol}: ${table.title}; times of ${zone}`;
      printTable({ ...table, title, market, follows: table !== tables[0] }, choice);
    }
    const title = `${instrument.symbol}: key statistics ${observed}`;
    printTable({ title, market, columns: factColumns, rows, follows: tables.length > 0 }, 'fitting');
  });
}

type Modules = NonNullable<Awaited<ReturnType<typeof readKeyStatistics>>>['values'];

function statisticsOf(modules: Modules): readonly Fact[] {
  return Object.values(modules)
    .flatMap((module) => Object.entries(module))
    .map(([name, value]) => ({ name, value: typeof value === 'number' ? amountText(value) : value }));
}
