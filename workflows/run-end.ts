import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  log,
} from '@temporalio/workflow';
import type { RunFailure } from '../src/domain/load-error.ts';
import type { FlowFace } from '../src/flows/flow.ts';
import { abandonRun } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { tellLedger } from './ending-soon.ts';
import type { OrdersHeard } from './orders.ts';
import { showFailed } from './run-face.ts';
import { isEndOfWork, type Steering } from './steering.ts';

/** The type of the failure of a phase that has taken too long. */
export const deadlineExceeded = 'DeadlineExceeded';

/** What a run that has done its work, or gives it up, may take to say so. */
export const closing = { what: 'the closing of the run', seconds: 7_200 };

/** Completes a run that has done its work; a cancellation comes too late from here on: the ledger and Temporal say the same. */
export async function completed<Result>(
  steering: Steering,
  complete: () => Promise<Result>,
): Promise<Result> {
  // It may have come with the last of the answers.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the run was cancelled');
  steering.takeOrders('none');
  return CancellationScope.nonCancellable(() => steering.within(closing, complete));
}

/** Why a run cannot go on. */
export function causeOf(error: unknown): RunFailure {
  if (isCancellation(error)) return { kind: 'Cancelled', message: 'the run was cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : 'RunFailed', message };
}

/** Closes the ledger of a run that ends for good, once all its orders are settled there, and throws what it ends with. */
export async function endRun(
  flow: FlowFace,
  runId: string,
  error: unknown,
  orders: OrdersHeard,
): Promise<never> {
  // Work that is cancelled may not be able to say so: its worker dies, or what it would write is refused.
  const isToldTo = CancellationScope.current().consideredCancelled;
  if (isToldTo && !isEndOfWork(error)) log.warn('what a cancelled run did has failed', { error });
  const cause = isToldTo ? new CancelledFailure('the run was cancelled') : error;
  const end = isCancellation(cause) ? 'cancelled' : 'failed';
  // First that it was told to, then that it has ended.
  const tell = async () => {
    await orders.settled();
    await abandonRun(runId, end, causeOf(cause));
    await orders.settled();
  };
  await CancellationScope.nonCancellable(() =>
    tellLedger(tell, end === 'cancelled').finally(() => orders.drop()),
  );
  showDetails(`${end}: ${causeOf(cause).message}`);
  if (end === 'failed') showFailed(flow);
  throw cause;
}

/** True when the run itself is told to end, whatever the error says. */
export function isToEnd(error: unknown): boolean {
  return isCancellation(error) || CancellationScope.current().consideredCancelled;
}
