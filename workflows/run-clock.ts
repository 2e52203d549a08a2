import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { inWords } from './run-wait.ts';

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
  const watch = stopwatch(workedMs);
  let isPaused = paused;
  if (paused) watch.stop();
  let scope: CancellationScope | null = null;

  async function expireAfter(ms: number, expire: () => void): Promise<void> {
    for (;;) {
      await condition(() => watch.runs());
      const left = ms - watch.ms();
      if (left <= 0) break;
      await sleep(left, { summary: `the run's time-out, after ${inWords(ms)} of work` });
    }
    expire();
  }

  function setPaused(wish: boolean): void {
    if (wish === isPaused) return;
    if (wish) watch.stop();
    else watch.go();
    isPaused = wish;
  }

  return {
    workedMs: watch.ms,
    paused: () => isPaused,
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    async standStill(until) {
      watch.stop();
      await until().finally(() => watch.go());
    },
    untilRunning: () => condition(() => !isPaused),
    limit(ms, expire) {
      scope?.cancel();
      scope = new CancellationScope();
      // Ending the clock cancels the watch, which is no failure.
      scope
        .run(() => expireAfter(ms, expire))
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        });
    },
    end: () => scope?.cancel(),
  };
}

/** Counts while nothing stops it: each `stop` needs a `go` of its own. */
function stopwatch(from: number) {
  let counted = from;
  let since = Date.now();
  let stops = 0;
  return {
    runs: () => stops === 0,
    ms: () => (stops === 0 ? counted + Date.now() - since : counted),
    stop() {
      if (stops === 0) counted += Date.now() - since;
      stops += 1;
    },
    go() {
      stops -= 1;
      if (stops === 0) since = Date.now();
    },
  };
}
