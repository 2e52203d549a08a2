import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { watchProgress, type ProgressWatch } from '../src/progress.ts';

/** A cancellation is heard within that: left alone, the SDK holds signs of life back for 16 s. */
export const heartbeatEveryMs = 1_000;
/** Work that has made no step for so long hangs. */
export const silentMs = 120_000;

/**
 * Sends signs of life while an activity gets on, however long it waits for what is known to come: the work of a killed
 * worker, or work that hangs, is given to another one after the heartbeat time-out, and a cancellation is heard.
 */
export function heartbeats(
  context: Pick<Context, 'heartbeat'>,
  watch: ProgressWatch = watchProgress(),
): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const beat = setInterval(() => beatOf(context, watch), heartbeatEveryMs);
        try {
          return await watch.run(() => next(input));
        } finally {
          clearInterval(beat);
        }
      },
    },
  };
}

/** One sign of life, of work that gets on. */
export function beatOf(context: Pick<Context, 'heartbeat'>, watch: ProgressWatch): void {
  if (watch.getsOn(silentMs)) context.heartbeat();
}
