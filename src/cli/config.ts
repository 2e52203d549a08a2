import type { Command } from 'commander';
import { inspectConfig } from '../config.ts';
import { configuredMarket, printJson, printTable, printTitle } from './output.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';

type SettingReport = ReturnType<typeof inspectConfig>['reports'][number];

const columns: readonly Column<SettingReport>[] = [
  { name: 'setting', cell: ({ name }) => name },
  { name: 'value', cell: ({ value }) => value, least: 16 },
  { name: 'source', cell: ({ source }) => source, rank: 2 },
  { name: 'problem', cell: ({ problem }) => problem, least: 12 },
];

export function addConfigCommand(program: Command): void {
  const command = program
    .command('config')
    .description('the configuration of this environment')
    .command('check')
    .description('each value, where it came from, and every mistake at once');
  addTableOptions(command.addOption(jsonOption)).action(checkConfig);
}

function checkConfig(options: JsonOption & TableOptions): void {
  const choice = chosenColumns(columns, options);
  const { reports } = inspectConfig();
  const problems = reports.flatMap(({ problem }) => problem ?? []);
  const market = configuredMarket();
  if (options.json) printJson({ ok: problems.length === 0, settings: reports, problems }, market);
  else {
    const found = problems.length === 0 ? 'no mistake' : `${problems.length} mistakes`;
    printTable({ title: `configuration: ${found}`, market, columns, rows: reports }, choice);
    for (const problem of problems) printTitle(problem, null);
  }
  if (problems.length > 0) process.exitCode = 2;
}
