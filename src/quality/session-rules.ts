import type { QualityRule } from '../domain/quality-rule.ts';
import type { Severity } from '../domain/severity.ts';
import type { SessionDate } from '../domain/session.ts';

/** A rule over what a source has of sessions, or has had. */
interface SessionRule {
  readonly id: QualityRule;
  /** In words, with its thresholds. */
  readonly says: string;
}

export const sessionRules: readonly SessionRule[] = [
  {
    id: 'row_count',
    says: 'bars of fewer than 98 % of the symbols that have one of each of the ten sessions before, of 50 at least: error',
  },
  {
    id: 'staleness',
    says: "a source's newest session is one behind the last that closed half a day ago: warn; more: error",
  },
  { id: 'withdrawn', says: 'a settled bar that its source has no more: warn' },
  { id: 'late_revision', says: 'a price of a settled bar that its source has changed since: warn' },
];

/** Sessions in which a symbol has to have traded before its bar is counted on. */
export const steadySessions = 10;
const leastShare = 0.98;
const leastSymbols = 50;

/** How many symbols are counted on in a session, and how many of them have a bar. */
export interface SessionCount {
  readonly session: SessionDate;
  readonly steady: number;
  readonly came: number;
}

/** Whether a session lacks more bars than a day's halts and delistings explain; one without any bar has not come yet. */
export function lacksRows({ steady, came }: SessionCount): boolean {
  return came > 0 && steady >= leastSymbols && came < leastShare * steady;
}

/** How grave it is that a source lacks the last sessions, which are over; null: it is not. */
export function gravityOfLag(sessionsBehind: number): Severity | null {
  if (sessionsBehind === 0) return null;
  return sessionsBehind === 1 ? 'warn' : 'error';
}
