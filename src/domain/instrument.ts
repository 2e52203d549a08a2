import type { SessionDate } from './session.ts';

/** What a provider's reference says of one instrument. Blank fields are null: old records have many. */
export interface InstrumentReference {
  /** Exactly as the provider writes it: tickers are case-sensitive. */
  readonly symbol: string;
  readonly name: string | null;
  /** The provider's type code, such as `CS`, `ADRC`, `ETF`. */
  readonly type: string | null;
  /** ISO 10383 code of the primary exchange. */
  readonly exchange: string | null;
  readonly figi: string | null;
  readonly cik: string | null;
  readonly currency: string | null;
  readonly active: boolean;
  readonly listedOn: SessionDate | null;
  /** The last day of trading. */
  readonly delistedOn: SessionDate | null;
}

/** The lists that a source gives of its instruments: of those that are listed today, and of those that were once. */
export const referenceLists = ['active', 'inactive'] as const;
export type ReferenceList = (typeof referenceLists)[number];

/** What a person may put a symbol on: what is watched, or what is loaded where nobody names symbols. */
export const symbolsLists = ['watchlist', 'universe'] as const;
export type SymbolsList = (typeof symbolsLists)[number];

/** True for text that could be a US ticker: letters first, then letters, digits, dots or dashes; at most 15 characters. */
export function isWellFormedSymbol(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*$/.test(text) && text.length <= 15;
}
