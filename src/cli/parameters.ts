import type { Command } from 'commander';
import type { DateRange } from '../domain/date-range.ts';
import { isCalendarDate } from '../domain/date-range.ts';
import { isWellFormedSymbol } from '../domain/instrument.ts';
import { UsageError } from './errors.ts';
import type { Format } from './output.ts';

/** A range as options give it: `--from`/`--to` and `--start-date`/`--end-date` are the same. */
export interface RangeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly startDate?: string;
  readonly endDate?: string;
}

/** Offers the two names of each end of a range. */
export function addRangeOptions(command: Command): Command {
  return command
    .option('--from <date>', 'first session')
    .option('--to <date>', 'last session')
    .option('--start-date <date>', 'the same as --from')
    .option('--end-date <date>', 'the same as --to');
}

function one(
  names: readonly [string, string],
  values: readonly [string | undefined, string | undefined],
): string {
  const [first, second] = values;
  if (first !== undefined && second !== undefined && first !== second) {
    throw new UsageError(
      `${names[0]} ${first} and ${names[1]} ${second} contradict each other`,
      'give one of them',
    );
  }
  const value = first ?? second;
  if (value === undefined) throw new UsageError(`${names[0]} is missing`, `add ${names[0]} YYYY-MM-DD`);
  if (isCalendarDate(value)) return value;
  throw new UsageError(
    `${names[0]} ${JSON.stringify(value)} is not a calendar date`,
    'write it as YYYY-MM-DD',
  );
}

/** The range that options name; throws `UsageError` for wrong, reversed or missing dates. */
export function parseRange(options: RangeOptions): DateRange {
  const from = one(['--start-date', '--from'], [options.startDate, options.from]);
  const to = one(['--end-date', '--to'], [options.endDate, options.to]);
  if (from > to) throw new UsageError(`the range is reversed: ${from} is after ${to}`, 'swap the two dates');
  return { from, to };
}

/** Symbols separated by commas, as typed; throws `UsageError` that names every malformed one. */
export function parseSymbols(text: string): readonly string[] {
  const symbols = text.split(',').map((symbol) => symbol.trim());
  const malformed = symbols.filter((symbol) => !isWellFormedSymbol(symbol));
  if (malformed.length === 0) return [...new Set(symbols)];
  const named = malformed.map((symbol) => JSON.stringify(symbol)).join(', ');
  throw new UsageError(
    `malformed symbols: ${named}`,
    'write tickers separated by commas, such as AAPL,BRK.B',
  );
}

/** A whole number of at least `least`; throws `UsageError`. */
export function parseCount(option: string, text: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw new UsageError(
    `${option} ${JSON.stringify(text)} is no whole number from ${least} up`,
    'correct the number',
  );
}

/** `true` or `false`; throws `UsageError`. */
export function parseBoolean(option: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError(
    `${option} ${JSON.stringify(text)} is neither true nor false`,
    `write ${option} true or false`,
  );
}

/** How rows are printed: `--json` is the same as `--format json`; throws `UsageError`. */
export function parseFormat({ json, format }: { readonly json?: true; readonly format: string }): Format {
  return json ? 'json' : parseChoice('--format', format, ['table', 'csv', 'json']);
}

/** One of a few words; throws `UsageError` that lists them. */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `${option} ${JSON.stringify(text)} is not to be had`,
    `choose from ${choices.join(', ')}`,
  );
}
