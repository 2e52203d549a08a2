import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/** How long a run has worked, and whether it stands still. */
export interface ClockState {
  readonly workedMs: number;
  readonly paused: boolean;
}

/** Counts the time that a run works, pauses and other standstills left out. */
export interface RunClock {
  /** How long it has worked. */
  workedMs(): number;
  paused(): boolean;
  pause(): void;
  resume(): void;
  /** Time that passes meanwhile is no work: there is nothing that could be done. */
  standStill(until: () => Promise<void>): Promise<void>;
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
  let isPaused = paused;
  let standing = 0;
  let stoppedSince = paused ? Date.now() : null;
  let stoppedMs = 0;
  let scope: CancellationScope | null = null;

  function workedUntilNow(): number {
    return (stoppedSince ?? Date.now()) - began - stoppedMs;
  }

  /** What has changed may have stopped it, or set it going. */
  function changed(): void {
    const stops = isPaused || standing > 0;
    if (stops) stoppedSince ??= Date.now();
    else {
      stoppedMs += stoppedSince === null ? 0 : Date.now() - stoppedSince;
      stoppedSince = null;
    }
  }

  async function watch(ms: number, expire: () => void): Promise<void> {
    for (;;) {
      await condition(() => stoppedSince === null);
      const left = ms - workedUntilNow();
      if (left <= 0) break;
      await sleep(left);
    }
    expire();
  }

  return {
    workedMs: workedUntilNow,
    paused: () => isPaused,
    pause() {
      isPaused = true;
      changed();
    },
    resume() {
      isPaused = false;
      changed();
    },
    async standStill(until) {
      standing += 1;
      changed();
      try {
        await until();
      } finally {
        standing -= 1;
        changed();
      }
    },
    untilRunning: () => condition(() => !isPaused),
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
