import { inspectConfig, type Market } from '../config.ts';
import { errorReport } from './errors.ts';
import type { Cell, Column, ColumnChoice } from './table/column.ts';
import { foldText, shownText } from './table/display-text.ts';
import { renderTable } from './table/render-table.ts';

export type Format = 'table' | 'csv' | 'json';

/** One JSON document on standard output, and nothing else there; a simulated market says so in it. */
export function printJson(document: object, market: Market | null): void {
  const marked = market === 'simulated' ? { ...document, market: 'SIMULATED' } : document;
  process.stdout.write(`${JSON.stringify(marked)}\n`);
}

/** What belongs to one symbol as it is, to several as a list of such under that name; as `printJson`. */
export function printJsonOfEach(name: string, documents: readonly object[], market: Market | null): void {
  const [only] = documents;
  printJson(documents.length === 1 && only !== undefined ? only : { [name]: documents }, market);
}

/** A note for a person, on standard error, where it disturbs no pipe. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A table, what it is of, and whose prices are in it. */
export interface Sheet<Row> {
  readonly title: string;
  readonly market: Market | null;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** It follows another: a blank line comes first. */
  readonly follows?: boolean;
}

/** A titled table on standard output, no wider than the terminal. */
export function printTable<Row>(sheet: Sheet<Row>, choice: ColumnChoice): void {
  const { title, market, columns, rows, follows = false } = sheet;
  if (follows) process.stdout.write('\n');
  printTitle(title, market);
  const { lines, leftOut } = renderTable(columns, rows, { choice, width: terminalWidth() });
  process.stdout.write(`${lines.join('\n')}\n`);
  if (leftOut.length === 0) return;
  const named = leftOut.length > 4 ? `${leftOut.length} more columns` : leftOut.join(', ');
  note(`not shown: ${named} (--wide, or --columns with their names)`);
}

/** A line above what belongs together, in as many lines as the terminal makes of it. */
export function printTitle(title: string, market: Market | null): void {
  const text = shownText(`${market === null ? '' : marketMark(market)}${title}`);
  process.stdout.write(`${foldText(text, terminalWidth()).join('\n')}\n`);
}

/** Cells of a line of standard output: those of the terminal, or as `COLUMNS` says, or 80. */
export function terminalWidth(): number {
  const { columns } = process.stdout as { readonly columns?: number };
  const told = /^\d{1,4}$/.test(process.env.COLUMNS ?? '') ? Number(process.env.COLUMNS) : 0;
  return Math.max(20, columns || told || 80);
}

/** A line of running text on standard output: folded for a terminal, whole for a pipe that has no width. */
export function printLine(text: string): void {
  const shown = shownText(text);
  const folds = process.stdout.isTTY || process.env.COLUMNS !== undefined;
  process.stdout.write(`${folds ? foldText(shown, terminalWidth()).join('\n') : shown}\n`);
}

/** Rows as CSV (RFC 4180) with a header on standard output. */
export function printCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const field = (cell: Cell) => {
    const text = cell === null ? '' : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  for (const row of [head, ...rows]) process.stdout.write(`${row.map(field).join(',')}\n`);
}

/** Rows of one symbol, as CSV. */
export interface SymbolRows {
  readonly symbol: string;
  readonly rows: readonly (readonly Cell[])[];
}

/** Rows of symbols as one table; of several each row says whose it is. As `printCsv`. */
export function printCsvOfEach(head: readonly string[], all: readonly SymbolRows[]): void {
  if (all.length === 1) printCsv(head, all[0]?.rows ?? []);
  else
    printCsv(
      ['symbol', ...head],
      all.flatMap(({ symbol, rows }) => rows.map((row) => [symbol, ...row])),
    );
}

/** An error as JSON on standard output, or as one line on standard error. */
export function printError(error: unknown, json: boolean): void {
  const report = errorReport(error);
  if (json) printJson({ error: report }, configuredMarket());
  else note(shownText(`barwright: ${report.message}; ${report.remedy}`));
}

/** Says that figures come from the simulated market; empty on a live one. */
export function marketMark(market: Market): string {
  return market === 'simulated' ? 'SIMULATED ' : '';
}

/** The market that this environment means, for what needs nothing else of it; null where it is configured wrongly. */
export function configuredMarket(): Market | null {
  return inspectConfig().config?.market ?? null;
}
