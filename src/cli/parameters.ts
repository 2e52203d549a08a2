import { isWellFormedSymbol } from '../domain/instrument.ts';
import { UsageError } from './errors.ts';

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

/** One of a few words; throws `UsageError` that lists them. */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `${option} ${JSON.stringify(text)} is not to be had`,
    `choose from ${choices.join(', ')}`,
  );
}
