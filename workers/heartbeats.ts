import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** A cancellation is heard within that: left alone, the SDK holds signs of life back for 16 s. */
export const heartbeatEveryMs = 1_000;

/**
 * Sends signs of life while an activity runs, however long it waits: a killed worker's is given to another one after the
 * heartbeat time-out, and a cancellation is heard.
 */
export function heartbeats(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const beat = setInterval(() => context.heartbeat(), heartbeatEveryMs);
        try {
          return await next(input);
        } finally {
          clearInterval(beat);
        }
      },
    },
  };
}
