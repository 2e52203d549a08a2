import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { RunFailure } from '../src/domain/load-error.ts';
import type { Flow } from '../src/flows/flow.ts';
import { abandonRun } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { showFailed } from './run-face.ts';
import { isEndOfWork } from './steering.ts';

/** Why a run cannot go on. */
export function causeOf(error: unknown): RunFailure {
  if (isCancellation(error)) return { kind: 'Cancelled', message: 'the run was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : 'RunFailed', message };
}

/** Closes the ledger of a run that ends for good, and throws what it ends with. */
export async function endRun(flow: Flow, runId: string, error: unknown): Promise<never> {
  // A worker that dies while its work is cancelled cannot say so any more.
  const cancelled = CancellationScope.current().consideredCancelled && isEndOfWork(error);
  const cause = cancelled ? new CancelledFailure('the run was cancelled') : error;
  const end = isCancellation(cause) ? 'cancelled' : 'failed';
  await CancellationScope.nonCancellable(() => abandonRun(runId, end, causeOf(cause)));
  showDetails(`${end}: ${causeOf(cause).message}`);
  if (end === 'failed') showFailed(flow);
  throw cause;
}

/** True when the run itself is told to end, whatever the error says. */
export function isToEnd(error: unknown): boolean {
  return isCancellation(error) || CancellationScope.current().consideredCancelled;
}
