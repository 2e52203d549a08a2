import { Context } from '@temporalio/activity';

const everyMs = 2_000;

/** Sends signs of life while `work` runs, however long it waits for the provider; hands it the cancellation. */
export async function withHeartbeats<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), everyMs);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(beat);
  }
}
