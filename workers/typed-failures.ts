import type { Context } from '@temporalio/activity';
import { CancelledFailure, CompleteAsyncError } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { activityFailure } from '../activities/failures.ts';

/** Infrastructure that is away for that long is worth saying. */
const outageAfterMs = 600_000;

/** Makes of what activities throw what Temporal tries again, or not. */
export function typedFailures(outageMs = outageAfterMs): (context: Context) => ActivityInterceptors {
  return ({ info, cancellationSignal }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          // What was told to end is no failure; its errors are Temporal's own business.
          const isOwn = error instanceof CancelledFailure || error instanceof CompleteAsyncError;
          if (isOwn || cancellationSignal.aborted) throw error;
          const sinceMs = Date.now() - info.scheduledTimestampMs;
          throw activityFailure(error, { attempt: info.attempt, sinceMs }, outageMs);
        }
      },
    },
  });
}
