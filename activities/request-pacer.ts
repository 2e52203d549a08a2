import { setTimeout as delay } from 'node:timers/promises';

/**
 * Spaces the requests of this worker: (60 s + 1 s) / N apart, so that no window of 60 s holds more than N even when
 * the sending jitters. Waiting ends early, with an AbortError, when the signal aborts.
 */
export function createRequestPacer(
  requestsPerMinute: number,
  clock: { readonly now: () => number; readonly delay: typeof delay } = {
    now: () => performance.now(),
    delay,
  },
): (signal?: AbortSignal) => Promise<void> {
  const spacingMs = 61_000 / requestsPerMinute;
  let nextSlot = -Infinity;
  return async (signal) => {
    const now = clock.now();
    const slot = Math.max(now, nextSlot);
    nextSlot = slot + spacingMs;
    if (slot > now) await clock.delay(slot - now, undefined, signal === undefined ? {} : { signal });
  };
}
