import type { ActivityInterceptors } from '@temporalio/worker';
import { measured, type Meter } from '../src/metrics/measuring.ts';

/** What activities count goes to the meter of their worker. */
export function measuredWork(meter: Meter): () => ActivityInterceptors {
  return () => ({ inbound: { execute: (input, next) => measured(meter, () => next(input)) } });
}
