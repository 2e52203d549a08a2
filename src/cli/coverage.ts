import type { Command } from 'commander';
import { repairableCells } from '../domain/gap.ts';
import { intervalNames, type Interval } from '../domain/interval.ts';
import { sources, type SourceName } from '../domain/source.ts';
import { lookOver, type Coverage } from '../operations/look-over.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { findInstruments } from './find-instrument.ts';
import { parseSource } from './find-source.ts';
import { printJson } from './output.ts';
import { parseChoice, parseSymbols } from './parameters.ts';
import { gapColumns, printCoverage } from './print-coverage.ts';
import {
  addRangeOptions,
  jsonOption,
  parseRangeIfAny,
  type JsonOption,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';

export function addCoverageCommand(program: Command): void {
  const command = program.command('coverage').description('what there is of bars, and why the rest lacks');
  addTableOptions(addRangeOptions(command.option('--symbols <list>', 'of these symbols only')))
    .option('--source <source>', 'of one source; without it of all')
    .option('--interval <interval>', `${intervalNames.join(' or ')}, of which bars`, '1d')
    .addOption(jsonOption)
    .action(printWhatThereIs);
}

interface CoverageOptions extends RangeOptions, JsonOption, TableOptions {
  readonly symbols?: string;
  readonly source?: string;
  readonly interval: string;
}

async function printWhatThereIs(options: CoverageOptions): Promise<void> {
  const choice = chosenColumns(gapColumns, options);
  const names = options.symbols === undefined ? null : parseSymbols(options.symbols);
  const range = parseRangeIfAny(options);
  const source = parseSource(options.source);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  if (source !== null) requireInterval(source, interval);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const instruments = names === null ? null : await findInstruments(db, names);
    const wish = { instruments, range, source, interval, nowMs: Date.now() };
    const coverage = await lookOver(db, wish);
    if (options.json) printJson(documentOf(coverage), market);
    else printCoverage(coverage, { market, choice, areNamed: names !== null });
    if (repairableCells(coverage.cells) > 0) process.exitCode = 1;
  });
}

function requireInterval(source: SourceName, interval: Interval): void {
  const { intervals } = sources[source];
  if (interval in intervals) return;
  throw new UsageError(
    `${source} has no bars of ${interval}`,
    `choose from ${Object.keys(intervals).join(', ')}, or another source`,
  );
}

function documentOf({ cells, series }: Coverage) {
  const symbols = series.map(({ instrument, source, interval, gaps }) => ({
    ...{ symbol: instrument.symbol, source, interval },
    gaps: gaps.map(({ from, to, reason }) => ({ from, to, reason })),
  }));
  return { cells, symbols };
}
