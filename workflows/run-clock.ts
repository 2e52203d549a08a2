import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/** How long a run has worked, and whether it stands still. */
export interface ClockState {
  readonly workedMs: number;
  readonly paused: boolean;
}

/** Counts the time that a run works, pauses left out. */
export interface RunClock {
  /** How long it has worked. */
  workedMs(): number;
  paused(): boolean;
  pause(): void;
  resume(): void;
  /** Returns at once unless the run is paused. */
  untilRunning(): Promise<void>;
  /** Calls once it has worked for so long. A later limit takes the place of an earlier one. */
  limit(ms: number, expire: () => void): void;
  /** Takes the limit away. */
  end(): void;
}

/** Starts to count from where an earlier execution has stopped. */
export function startClock({ workedMs, paused }: ClockState): RunClock {
  const began = Date.now() - workedMs;
  let pausedSince = paused ? Date.now() : null;
  let pausedMs = 0;
  let scope: CancellationScope | null = null;

  function workedUntilNow(): number {
    return (pausedSince ?? Date.now()) - began - pausedMs;
  }

  async function watch(ms: number, expire: () => void): Promise<void> {
    for (;;) {
      await condition(() => pausedSince === null);
      const left = ms - workedUntilNow();
      if (left <= 0) break;
      await sleep(left);
    }
    expire();
  }

  return {
    workedMs: workedUntilNow,
    paused: () => pausedSince !== null,
    pause: () => void (pausedSince ??= Date.now()),
    resume() {
      pausedMs += pausedSince === null ? 0 : Date.now() - pausedSince;
      pausedSince = null;
    },
    untilRunning: () => condition(() => pausedSince === null),
    limit(ms, expire) {
      scope?.cancel();
      scope = new CancellationScope();
      // Ending the clock cancels the watch, which is no failure.
      scope
        .run(() => watch(ms, expire))
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        });
    },
    end: () => scope?.cancel(),
  };
}
