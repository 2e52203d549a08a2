/** An exchange trade date as `YYYY-MM-DD`; the key of a daily bar. Never a UTC date. */
export type SessionDate = string;

/** One trading session of the US market; instants are ISO 8601 in UTC. */
export interface Session {
  readonly session: SessionDate;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly earlyClose: boolean;
}

/** The years whose sessions are known. */
export const sessionYears = { first: 1990, last: 2199 } as const;

/** The first and the last day that can be a session. */
export const firstKnown: SessionDate = `${sessionYears.first}-01-01`;
export const lastKnown: SessionDate = `${sessionYears.last}-12-31`;

/** No stretch without a session is longer, in calendar days: after September 11 there were six. */
export const longestClosure = 14;

/** True for a date of those years. */
export function isInSessionYears(date: SessionDate): boolean {
  const year = Number(date.slice(0, 4));
  return year >= sessionYears.first && year <= sessionYears.last;
}
