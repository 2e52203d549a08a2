import Table from 'cli-table3';
import type { Market } from '../config.ts';
import { errorReport } from './errors.ts';

export type Format = 'table' | 'csv' | 'json';

/** One JSON document on standard output, and nothing else there. */
export function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** A note for a person, on standard error, where it disturbs no pipe. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Cell = string | number | boolean | null;

/** Rows under a heading on standard output; null is shown as nothing. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push(row.map((cell) => (cell === null ? '' : String(cell))));
  process.stdout.write(`${table.toString()}\n`);
}

/** Rows as CSV (RFC 4180) with a header on standard output. */
export function printCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const field = (cell: Cell) => {
    const text = cell === null ? '' : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  for (const row of [head, ...rows]) process.stdout.write(`${row.map(field).join(',')}\n`);
}

/** An error as JSON on standard output, or as one line on standard error. */
export function printError(error: unknown, json: boolean): void {
  const report = errorReport(error);
  if (json) printJson({ error: report });
  else note(`barwright: ${report.message}; ${report.remedy}`);
}

/** Says that figures come from the simulated market; empty on a live one. */
export function marketMark(market: Market): string {
  return market === 'simulated' ? 'SIMULATED ' : '';
}
