import type { SessionDate } from '../domain/session.ts';

/** What a list says of who bears a ticker. Blank fields are null: old records have many. */
export interface ListedBearer {
  /** Case-sensitive. */
  readonly ticker: string;
  /** The composite FIGI: whoever has another one is another instrument. */
  readonly figi: string | null;
  /** Of the company that issues it: all its classes of shares have it, and all funds of one trust. */
  readonly cik: string | null;
  readonly type: string | null;
  readonly name: string | null;
}

/** What a source tells of who is no longer listed: its last day under a ticker. */
export interface Gone {
  readonly bearer: ListedBearer;
  readonly lastDay: SessionDate;
}

/** Whether two bearers of one ticker are one instrument. */
export type Sameness = 'same' | 'other' | 'unclear';

/**
 * Compares what two lists say of one ticker: by FIGI, else by CIK, else by name. `isUnchanged`: both lists have
 * the same tickers of that CIK and type, so that a name that has changed is a name that has changed.
 */
export function sameBearer(a: ListedBearer, b: ListedBearer, isUnchanged: () => boolean): Sameness {
  if (a.figi !== null && b.figi !== null) return a.figi === b.figi ? 'same' : 'other';
  if (a.cik !== null && b.cik !== null && a.cik !== b.cik) return 'other';
  if (a.name !== null && b.name !== null && nameKey(a.name) === nameKey(b.name)) return 'same';
  return a.cik !== null && a.cik === b.cik && a.type === b.type && isUnchanged() ? 'same' : 'unclear';
}

/** Whether two bearers of one ticker, at about the same time, are one instrument for certain. */
export function isSurely(a: ListedBearer, b: ListedBearer): boolean {
  return sameBearer(a, b, () => true) === 'same';
}

/** All that is known of one instrument by two records of it. */
export function mergedBearer(earlier: ListedBearer, later: ListedBearer): ListedBearer {
  return {
    ticker: later.ticker,
    figi: later.figi ?? earlier.figi,
    cik: later.cik ?? earlier.cik,
    type: later.type ?? earlier.type,
    name: later.name ?? earlier.name,
  };
}

/** What company and kind of paper it is; null where that is not told. Of one key there may be several instruments. */
export function issueKey({ cik, type }: ListedBearer): string | null {
  return cik === null || type === null ? null : `${cik} ${type}`;
}

/** The same by its name, where that is told. */
export function namedIssueKey({ name, type }: ListedBearer): string | null {
  return name === null ? null : `${nameKey(name)} ${type}`;
}

/** A name without what is written now so, now so. */
function nameKey(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
