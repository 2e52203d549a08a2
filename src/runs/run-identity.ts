import { createHash } from 'node:crypto';
import type { Flow } from '../temporal/names.ts';
import type { IngestionRequest } from './ingestion-run.ts';
import { sessionsOf } from './run-sessions.ts';

/** The workflow id of a request: `FLOW/<session or range>/<hash of the other parameters>`. Asked twice it is one run. */
export function workflowIdOf(flow: Flow, request: IngestionRequest): string {
  const { nominalTime, sessions, ...parameters } = request;
  const { from, to } = sessionsOf(request).range;
  const digest = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 12);
  return `${flow}/${from === to ? from : `${from}..${to}`}/${digest}`;
}
