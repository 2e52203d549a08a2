import { createHash } from 'node:crypto';
import type { DateRange } from '../domain/date-range.ts';
import type { Interval } from '../domain/interval.ts';

/** What a run's id says of it. */
export interface RunIdentity {
  readonly flow: string;
  /** One session, or a range where one was asked for. */
  readonly span: DateRange;
  /** Absent: it is about no bars of one interval. */
  readonly interval?: Interval;
  /** What tells runs of the same span apart. */
  readonly others: object;
}

/**
 * The workflow id of a request: `FLOW/<session or range>/<interval>/<hash of the other parameters>`. Asked twice it is one
 * run, whoever asks. Not for workflows: it hashes.
 */
export function workflowIdOf({ flow, span: { from, to }, interval, others }: RunIdentity): string {
  const digest = createHash('sha256').update(JSON.stringify(others)).digest('hex').slice(0, 12);
  const sessions = from === to ? from : `${from}..${to}`;
  return [flow, sessions, ...(interval === undefined ? [] : [interval]), digest].join('/');
}
