import { isCalendarDate } from '../domain/date-range.ts';
import { isWellFormedSymbol } from '../domain/instrument.ts';
import type { SessionDate } from '../domain/session.ts';
import { isStorable } from '../domain/storable-text.ts';
import { UsageError } from './errors.ts';

const listWritten = 'write tickers separated by commas, such as AAPL,BRK.B';

const shownNames = 5;

/** A list of names for a message: the first of them, and how many more. */
export function namesOf(names: readonly string[]): string {
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return `${names.slice(0, shownNames).join(', ')}${more}`;
}

/** Symbols separated by commas, as typed, each once; throws `UsageError` that names malformed ones. */
export function parseSymbols(text: string): readonly string[] {
  if (text.trim() === '') throw new UsageError('the list of symbols is empty', listWritten);
  const symbols = text.split(',').map((symbol) => symbol.trim());
  const malformed = symbols.filter((symbol) => !isWellFormedSymbol(symbol));
  if (malformed.length === 0) return [...new Set(symbols)];
  const blanks = malformed.filter((symbol) => symbol === '').length;
  const named = namesOf(malformed.map((symbol) => JSON.stringify(symbol.slice(0, 40))));
  throw new UsageError(
    `malformed symbols: ${named}${blanks > 0 ? ', a comma too many leaves blanks' : ''}`,
    listWritten,
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

/** A date of the calendar; throws `UsageError`. */
export function parseDate(option: string, text: string): SessionDate {
  if (isCalendarDate(text)) return text;
  throw new UsageError(`${option} ${JSON.stringify(text)} is not a calendar date`, 'write it as YYYY-MM-DD');
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

/** The id of a row, as lists show it; throws `UsageError`. */
export function parseId(of: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(
    `${JSON.stringify(text.slice(0, 40))} is no id of a ${of}`,
    'write the whole number that lists show',
  );
}

const longestReason = 2_000;

/** Why a person says something, without the blanks around it; throws `UsageError`. */
export function parseReason(text: string): string {
  const reason = text.trim();
  if (reason === '') throw new UsageError('--reason is empty', 'say how you know it');
  if (reason.length <= longestReason && isStorable(reason)) return reason;
  throw new UsageError(
    `--reason is no text of at most ${longestReason} characters`,
    'say it in fewer words, and keep the rest elsewhere',
  );
}
