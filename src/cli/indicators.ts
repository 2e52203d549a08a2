import type { Command } from 'commander';
import type { Market } from '../config.ts';
import type { DateRange } from '../domain/date-range.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import { usualIndicatorSource } from '../runs/indicators-request.ts';
import { extraColumns, indicatorColumns } from '../indicators/columns.ts';
import type { Database } from '../store/database.ts';
import type { StoredInstrument } from '../store/instruments.ts';
import { readIndicatorsOfMany, type IndicatorRow } from '../store/read-indicators.ts';
import type { AsOf } from '../store/as-of.ts';
import { adjustedThrough } from '../store/adjusted-bars.ts';
import type { SessionDate } from '../domain/session.ts';
import { addAsOfOption, asOfMark, instantOf, parseAsOf, type AsOfOption } from './as-of.ts';
import { notKnown, sayNotKnown, type NotKnown } from './not-known.ts';
import { withStore } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { parseSource, readFromSources, underSymbols } from './find-source.ts';
import { marketMark, note, printCsvOfEach, printJsonOfEach, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type ColumnChoice, type TableOptions } from './table/column.ts';
import { extraTable, indicatorTable } from './table/indicator-table.ts';
import { setting } from '../setting.ts';

interface IndicatorsOptions extends RangeOptions, FormatOptions, TableOptions, AsOfOption {
  readonly source?: string;
  readonly extra?: true;
}

const names = indicatorColumns.map(({ name }) => name);
const keys = extraColumns.map(({ name }) => name);

export function addIndicatorsCommand(program: Command): void {
  const command = program
    .command('indicators <symbols>')
    .description('computed indicators of symbols, oldest first, in the shares of today');
  addRangeOptions(command).option(
    '--source <source>',
    `whose bars they were computed from: ${sourceNames.join(' or ')}; without it ${usualIndicatorSource}, or the other where that has none`,
  );
  command.option('--extra', 'further indicators as well: docs/indicators.md says which');
  addTableOptions(addFormatOptions(addAsOfOption(command))).action(printIndicators);
}

async function printIndicators(typed: string, options: IndicatorsOptions): Promise<void> {
  const range = parseRange(options);
  const named = parseSource(options.source);
  const format = parseFormat(options);
  const extra = options.extra === true;
  const choice = chosenColumns(indicatorTable(extra), options);
  const symbols = parseSymbols(typed);
  const written = parseAsOf(options);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const asOf = await instantOf(db, written);
    const wish = { named, range, extra, asOf, mark: asOfMark(written, asOf) };
    const all = await readSeries(db, await findInstruments(db, symbols, asOf), wish);
    if (written.kind !== 'now') for (const series of all) sayNotKnown(series.notKnown);
    if (extra && format !== 'json') noteLack(all.flatMap(({ rows }) => rows));
    if (format === 'json') printDocuments(all, market, extra);
    else if (format === 'csv') printRows(all, market, extra);
    else for (const series of all) printTables(series, { market, choice, extra, follows: series !== all[0] });
  });
}

interface SeriesWish {
  readonly named: SourceName | null;
  readonly range: DateRange;
  readonly extra: boolean;
  readonly asOf: AsOf;
  /** What titles say of the instant. */
  readonly mark: string;
}

/** The indicators of one symbol. */
interface Series {
  readonly symbol: string;
  readonly source: SourceName;
  readonly asOf: AsOf;
  readonly adjustedThrough: SessionDate | null;
  readonly rows: readonly IndicatorRow[];
  /** Sessions of whose bars nothing was known at the instant. */
  readonly notKnown: NotKnown;
  readonly mark: string;
}

/** In the order of the instruments. */
async function readSeries(
  db: Database,
  instruments: readonly StoredInstrument[],
  { named, range, extra, asOf, mark }: SeriesWish,
): Promise<readonly Series[]> {
  const wish = { range, asOf, columns: indicatorColumns, extra: extra ? extraColumns : null };
  const read = (source: SourceName, instrumentIds: readonly number[]) =>
    readIndicatorsOfMany(db, { ...wish, source, instrumentIds });
  const from = { named, usual: usualIndicatorSource, what: 'indicators' };
  const all = new Map<number, Omit<Series, 'symbol'>>();
  for (const [source, rows] of await readFromSources(instruments, from, read)) {
    const since = Array.from(rows, ([instrumentId, own]) => ({
      instrumentId,
      since: own[0]?.session ?? range.to,
    }));
    const through = await adjustedThrough(db, since, { adjust: 'split', asOf });
    const many = { instrumentIds: [...rows.keys()], source, interval: '1d' } as const;
    const unknown = await notKnown(db, many, { range, asOf });
    for (const [id, own] of rows) {
      const said = { adjustedThrough: through.get(id) ?? null, notKnown: unknown.get(id) ?? [] };
      all.set(id, { source, asOf, mark, rows: own, ...said });
    }
  }
  return underSymbols(instruments, all);
}

function printDocuments(all: readonly Series[], market: Market, withExtra: boolean): void {
  const documents = all.map(({ rows, notKnown, mark: _mark, ...series }) => ({
    ...series,
    rows: rows.map(({ session, values, reason, extra }) => {
      return { session, ...values, reason, ...(withExtra ? { extra } : {}) };
    }),
    ...(notKnown.length > 0 ? { notKnown } : {}),
  }));
  printJsonOfEach('series', documents, market);
}

interface Showing {
  readonly market: Market;
  readonly choice: ColumnChoice;
  readonly extra: boolean;
  readonly follows: boolean;
}

function printTables(series: Series, { market, choice, extra, follows }: Showing): void {
  const { rows } = series;
  const title = titleOf(series);
  const isSplit = extra && typeof choice === 'string';
  printTable({ title, market, columns: indicatorTable(extra && !isSplit), rows, follows }, choice);
  if (!isSplit) return;
  printTable({ title: `${title}, extras`, market, columns: extraTable, rows, follows: true }, 'all');
}

function printRows(all: readonly Series[], market: Market, extra: boolean): void {
  for (const series of all) note(`${marketMark(market)}${titleOf(series)}`);
  const cells = extra ? allCellsOf : cellsOf;
  printCsvOfEach(
    [...head, ...(extra ? keys : [])],
    all.map(({ symbol, rows }) => ({ symbol, rows: rows.map(cells) })),
  );
}

function titleOf({ symbol, source, rows, mark }: Series): string {
  return `${symbol}, ${source}${mark}: ${rows.length} rows`;
}

const head = ['session', ...names, 'reason'];

/** Says how extras come where rows have none. */
function noteLack(rows: readonly IndicatorRow[]): void {
  const lacking = rows.filter(({ extra }) => extra === null).length;
  if (lacking === 0) return;
  note(
    `${lacking} rows have no extras: barwright run indicators-daily-calculation --extra computes them, ` +
      `and with ${setting('INDICATORS_EXTRA')}=true every run does`,
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
