import { Option, type Command } from 'commander';
import { isCalendarDate, type DateRange } from '../domain/date-range.ts';
import { UsageError } from './errors.ts';
import type { Format } from './output.ts';
import { parseChoice } from './parameters.ts';

/** Whether a command prints one JSON document. */
export interface JsonOption {
  readonly json?: true;
}

/** `--json`, the same for every command. */
export const jsonOption = new Option('--json', 'one JSON document');

/** How a command prints rows. */
export interface FormatOptions extends JsonOption {
  readonly format: string;
}

/** Offers `--format`, and `--json` as one of its choices. */
export function addFormatOptions(command: Command): Command {
  return command
    .option('--format <format>', 'table, csv or json', 'table')
    .option('--json', 'the same as --format json');
}

/** How rows are printed: `--json` is the same as `--format json`; throws `UsageError`. */
export function parseFormat({ json, format }: FormatOptions): Format {
  return json ? 'json' : parseChoice('--format', format, ['table', 'csv', 'json']);
}

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

/** An end of a range by either of its names; errors say that which was typed, or else that of the other end. */
function one(
  names: readonly [string, string],
  values: readonly [string | undefined, string | undefined],
  usual: string,
): string {
  const [first, second] = values;
  if (first !== undefined && second !== undefined && first !== second) {
    throw new UsageError(
      `${names[0]} ${first} and ${names[1]} ${second} contradict each other`,
      'give one of them',
    );
  }
  const value = first ?? second;
  if (value === undefined) throw new UsageError(`${usual} is missing`, `add ${usual} YYYY-MM-DD`);
  if (isCalendarDate(value)) return value;
  const typed = first === undefined ? names[1] : names[0];
  throw new UsageError(`${typed} ${JSON.stringify(value)} is not a calendar date`, 'write it as YYYY-MM-DD');
}

/** The range that options name; throws `UsageError` for wrong, reversed or missing dates. */
export function parseRange(options: RangeOptions): DateRange {
  const { from: short, to: shortEnd, startDate, endDate } = options;
  const isShort = startDate === undefined && endDate === undefined && (short ?? shortEnd) !== undefined;
  const from = one(['--start-date', '--from'], [startDate, short], isShort ? '--from' : '--start-date');
  const to = one(['--end-date', '--to'], [endDate, shortEnd], isShort ? '--to' : '--end-date');
  if (from > to) throw new UsageError(`the range is reversed: ${from} is after ${to}`, 'swap the two dates');
  return { from, to };
}

/** The range that options name; null where they name none. Throws as `parseRange` does. */
export function parseRangeIfAny(options: RangeOptions): DateRange | null {
  const { from, to, startDate, endDate } = options;
  return [from, to, startDate, endDate].every((date) => date === undefined) ? null : parseRange(options);
}
