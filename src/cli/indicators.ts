import type { Command } from 'commander';
import { sourceNames } from '../domain/source.ts';
import { usualIndicatorSource } from '../runs/indicators-request.ts';
import { indicatorColumns } from '../indicators/columns.ts';
import { readIndicators, type IndicatorRow } from '../store/read-indicators.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printCsv, printJson, printTable } from './output.ts';
import { parseChoice, parseSymbols } from './parameters.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { significantText } from './table/figures.ts';

interface IndicatorsOptions extends RangeOptions, FormatOptions, TableOptions {
  readonly source: string;
}

const names = indicatorColumns.map(({ name }) => name);

export function addIndicatorsCommand(program: Command): void {
  const command = program
    .command('indicators <symbol>')
    .description('computed indicators of one symbol, oldest first, in the shares of today');
  addRangeOptions(command).option(
    '--source <source>',
    `whose bars they were computed from: ${sourceNames.join(' or ')}`,
    usualIndicatorSource,
  );
  addTableOptions(addFormatOptions(command)).action(printIndicators);
}

async function printIndicators(typed: string, options: IndicatorsOptions): Promise<void> {
  const range = parseRange(options);
  const source = parseChoice('--source', options.source, sourceNames);
  const format = parseFormat(options);
  const choice = chosenColumns(columns, options);
  const [symbol = typed] = parseSymbols(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const query = { instrumentId: instrument.id, source, range, columns: indicatorColumns };
    const rows = await readIndicators(store.db, query);
    if (format === 'json') {
      const shown = rows.map(({ session, values, reason }) => ({ session, ...values, reason }));
      printJson({ symbol: instrument.symbol, source, rows: shown }, config.market);
      return;
    }
    const title = `${instrument.symbol}, ${source}: ${rows.length} rows`;
    if (format === 'csv') {
      note(`${marketMark(config.market)}${title}`);
      printCsv(['session', ...names, 'reason'], rows.map(cellsOf));
    } else printTable({ title, market: config.market, columns, rows }, choice);
  });
}

const columns: readonly Column<IndicatorRow>[] = [
  { name: 'session', cell: ({ session }) => session },
  { name: 'reason', cell: ({ reason }) => reason },
  ...indicatorColumns.map(({ name, kind }): Column<IndicatorRow> => {
    const figures = kind === 'number' ? { right: true as const } : { least: 20 };
    return { name, cell: ({ values }) => shownValue(values[name] ?? null), rank: 2, ...figures };
  }),
];

function shownValue(value: number | readonly string[] | null): string | null {
  return typeof value === 'number' || value === null ? significantText(value) : value.join(' ');
}

function cellsOf({ session, values, reason }: IndicatorRow) {
  const cells = names.map((name) => {
    const value = values[name] ?? null;
    return typeof value === 'object' && value !== null ? value.join(' ') : value;
  });
  return [session, ...cells, reason];
}
