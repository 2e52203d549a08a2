import type { Command } from 'commander';
import { UsageError } from '../errors.ts';

export type Cell = string | number | boolean | null;

/** One column of a table: what it shows of a row. */
export interface Column<Row> {
  /** Its head, and what `--columns` calls it. */
  readonly name: string;
  /** Null shows as nothing. */
  cell(row: Row): Cell;
  /** 1, unless said: the highest go first where the terminal is too narrow. */
  readonly rank?: 1 | 2 | 3;
  /** Aligned right, as figures are. */
  readonly right?: true;
  /** It may be cut to so many cells before another column goes; unset, it is not cut. */
  readonly least?: number;
}

/** How a person wants a table. */
export interface TableOptions {
  readonly wide?: boolean | string | undefined;
  readonly columns?: boolean | string | undefined;
}

/** The columns to show: those that fit, all of them, or those that a person has named. */
export type ColumnChoice = 'fitting' | 'all' | readonly string[];

/** Offers `--wide` and `--columns`. */
export function addTableOptions(command: Command): Command {
  return command
    .option('--wide', 'every column, in several blocks where the terminal is too narrow')
    .option('--columns <list>', 'only these columns, separated by commas');
}

/** Which columns options mean, of those that there are; throws `UsageError` that lists them. */
export function chosenColumns(
  offered: readonly { readonly name: string }[],
  { wide, columns }: TableOptions,
): ColumnChoice {
  const names = offered.map(({ name }) => name);
  if (typeof columns !== 'string') return wide === true ? 'all' : 'fitting';
  const wished = columns.split(',').map((name) => name.trim());
  const found = wished.map((name) => names.find((known) => keyOf(known) === keyOf(name)));
  const unknown = wished.filter((_, index) => found[index] === undefined);
  if (unknown.length === 0) return [...new Set(found.flatMap((name) => name ?? []))];
  const named = unknown.map((name) => JSON.stringify(name)).join(', ');
  throw new UsageError(
    `--columns: there is no column ${named}`,
    `choose from ${names.map(typed).join(', ')}`,
  );
}

/** Blanks need no quotes on a command line. */
const typed = (name: string) => name.replaceAll(' ', '-');
const keyOf = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');
