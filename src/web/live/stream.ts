import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Change, Poller } from './poller.ts';

/** An idle connection is taken for dead by what stands between. */
const heartbeatMs = 20_000;

/** Streams changes to one page until it goes, or until all end. */
export function streamChanges(c: Context, poller: Poller, ending: AbortSignal): Response {
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (stream) => {
    const left = new AbortController();
    const gone = AbortSignal.any([ending, left.signal]);
    const missed: Change[] = [];
    let wake: () => void = () => undefined;
    const stop = poller.listen((change) => {
      missed.push(change);
      wake();
    });
    stream.onAbort(() => left.abort());
    gone.addEventListener('abort', () => wake());
    const heartbeat = setInterval(() => void stream.writeSSE({ event: 'beat', data: '' }), heartbeatMs);
    try {
      while (!gone.aborted) {
        // A slow reader is told of all that it missed at once.
        const data = JSON.stringify(allOf(missed.splice(0)));
        await stream.writeSSE({ event: 'change', data });
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (missed.length > 0 || gone.aborted) resolve();
        });
      }
    } finally {
      clearInterval(heartbeat);
      stop();
    }
  });
}

function allOf(changes: readonly Change[]): Change {
  const matters = [...new Set(changes.flatMap((one) => one.matters))];
  return { matters, away: changes.at(-1)?.away ?? [] };
}
