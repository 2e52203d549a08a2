import type { Command } from 'commander';
import { sourceNames } from '../domain/source.ts';
import { usualIndicatorSource } from '../runs/indicators-request.ts';
import { extraColumns, indicatorColumns } from '../indicators/columns.ts';
import { readIndicators, type IndicatorRow } from '../store/read-indicators.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { parseSource, readFromSource } from './find-source.ts';
import { marketMark, note, printCsv, printJson, printTable } from './output.ts';
import { parseOneSymbol } from './parameters.ts';
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
  readonly source?: string;
  readonly extra?: true;
}

const names = indicatorColumns.map(({ name }) => name);
const keys = extraColumns.map(({ name }) => name);

export function addIndicatorsCommand(program: Command): void {
  const command = program
    .command('indicators <symbol>')
    .description('computed indicators of one symbol, oldest first, in the shares of today');
  addRangeOptions(command).option(
    '--source <source>',
    `whose bars they were computed from: ${sourceNames.join(' or ')}; without it ${usualIndicatorSource}, or the other where that has none`,
  );
  command.option('--extra', 'further indicators as well: docs/indicators.md says which');
  addTableOptions(addFormatOptions(command)).action(printIndicators);
}

async function printIndicators(typed: string, options: IndicatorsOptions): Promise<void> {
  const range = parseRange(options);
  const named = parseSource(options.source);
  const format = parseFormat(options);
  const columns = columnsOf(options.extra === true);
  const choice = chosenColumns(columns, options);
  const symbol = parseOneSymbol(typed);
  await withStore(async ({ store, config: { market } }) => {
    const instrument = await findInstrument(store.db, symbol);
    const extra = options.extra === true ? extraColumns : null;
    const query = { instrumentId: instrument.id, range, columns: indicatorColumns, extra };
    const what = `indicators of ${instrument.symbol} in that range`;
    const { source, rows } = await readFromSource({ named, usual: usualIndicatorSource, what }, (name) =>
      readIndicators(store.db, { ...query, source: name }),
    );
    if (format === 'json') {
      const shown = rows.map(({ session, values, reason, extra: extras }) => {
        return { session, ...values, reason, ...(extra && { extra: extras }) };
      });
      printJson({ symbol: instrument.symbol, source, rows: shown }, market);
      return;
    }
    if (extra !== null) noteLack(rows);
    const title = `${instrument.symbol}, ${source}: ${rows.length} rows`;
    if (format === 'csv') {
      note(`${marketMark(market)}${title}`);
      printCsv([...head, ...(extra ? keys : [])], rows.map(extra ? allCellsOf : cellsOf));
    } else if (extra === null || typeof choice !== 'string')
      printTable({ title, market, columns, rows }, choice);
    else {
      printTable({ title, market, columns: columnsOf(false), rows }, choice);
      const columns = [...firstColumns, ...extraShown];
      printTable({ title: `${title}, extras`, market, columns, rows, follows: true }, 'all');
    }
  });
}

/** Extras last, as in CSV. */
function columnsOf(extra: boolean): readonly Column<IndicatorRow>[] {
  return [...firstColumns, ...usualColumns, ...(extra ? extraShown : [])];
}

const extraShown = keys.map((key): Column<IndicatorRow> => {
  return { name: key, cell: (row) => significantText(row.extra?.[key] ?? null), rank: 2, right: true };
});

const firstColumns: readonly Column<IndicatorRow>[] = [
  { name: 'session', cell: ({ session }) => session },
  { name: 'reason', cell: ({ reason }) => reason },
];
const usualColumns = indicatorColumns.map(({ name, kind }): Column<IndicatorRow> => {
  const figures = kind === 'number' ? { right: true as const } : { least: 20 };
  return { name, cell: ({ values }) => shownValue(values[name] ?? null), rank: 2, ...figures };
});

function shownValue(value: number | readonly string[] | null): string | null {
  return typeof value === 'number' || value === null ? significantText(value) : value.join(' ');
}

const head = ['session', ...names, 'reason'];

/** Says how extras come where rows have none. */
function noteLack(rows: readonly IndicatorRow[]): void {
  const lacking = rows.filter(({ extra }) => extra === null).length;
  if (lacking === 0) return;
  note(
    `${lacking} rows have no extras: barwright run indicators-daily-calculation --extra computes them, ` +
      'and with INDICATORS_EXTRA=true every run does',
  );
}

function extraCellsOf({ extra }: IndicatorRow) {
  return keys.map((key) => extra?.[key] ?? null);
}

function allCellsOf(row: IndicatorRow) {
  return [...cellsOf(row), ...extraCellsOf(row)];
}

function cellsOf({ session, values, reason }: IndicatorRow) {
  const cells = names.map((name) => {
    const value = values[name] ?? null;
    return typeof value === 'object' && value !== null ? value.join(' ') : value;
  });
  return [session, ...cells, reason];
}
