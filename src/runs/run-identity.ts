import { createHash } from 'node:crypto';
import type { DateRange } from '../domain/date-range.ts';

/**
 * The workflow id of a request: `FLOW/<session or range>/<hash of the other parameters>`. Asked twice it is one run.
 * Not for workflows: it hashes.
 */
export function workflowIdOf(flow: string, { from, to }: DateRange, identity: object): string {
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 12);
  return `${flow}/${from === to ? from : `${from}..${to}`}/${digest}`;
}
