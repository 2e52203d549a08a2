/** An exchange trade date as `YYYY-MM-DD`; the key of a daily bar. Never a UTC date. */
export type SessionDate = string;

/** One trading session of the US market; instants are ISO 8601 in UTC. */
export interface Session {
  readonly session: SessionDate;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly earlyClose: boolean;
}
