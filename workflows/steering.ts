import {
  ActivityFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  setHandler,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { DateRange } from '../src/domain/date-range.ts';

/** How far a run is, for the Web UI and the command line; the counts are in the ledger. */
export interface RunProgress {
  readonly phase: string;
  readonly batchesDone: number;
  readonly batches: number;
  readonly paused: boolean;
}

export const pauseRun = defineUpdate('pauseRun');
export const resumeRun = defineUpdate('resumeRun');
export const changeRange = defineUpdate<undefined, [DateRange]>('changeRange');
export const runProgress = defineQuery<RunProgress>('runProgress');

export type Interruption = 'none' | 'interrupted' | 'expired';

/** What people and the clock may do to a run while it works. */
export interface Steering {
  /** What `runProgress` answers from now on. */
  show(progress: () => Omit<RunProgress, 'paused'>): void;
  /** Does work that a pause, a change of range or the deadline breaks off; what was begun is asked to end first. */
  guard(work: () => Promise<void>): Promise<Interruption>;
  /** Returns at once unless the run is paused. */
  untilRunning(): Promise<void>;
  /** The range that a person has asked for since the last call. */
  takeRange(): DateRange | null;
  /** How long the run has been working, pauses not counted. */
  workedMs(): number;
  /** Breaks work off once the run has been working, pauses not counted, for so long. */
  limit(ms: number): void;
  /** Ends the clock. */
  end(): void;
}

/** How work ends that was told to: it says so, or its worker has died before it could. */
export function isEndOfWork(error: unknown): boolean {
  if (isCancellation(error)) return true;
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}

/** Makes a run steerable from its first moment on; `workedMs` is what an earlier execution of it has worked. */
export function steer(rangeMayChange: boolean, workedMs = 0): Steering {
  const began = Date.now() - workedMs;
  let progress: () => Omit<RunProgress, 'paused'> = () => ({ phase: 'opening', batchesDone: 0, batches: 0 });
  let clock = new CancellationScope();
  let work: CancellationScope | null = null;
  let pausedSince: number | null = null;
  let pausedMs = 0;
  let expired = false;
  // A function: what it says may change while guarded work waits.
  const hasExpired = () => expired;
  let wish: DateRange | null = null;

  const interrupt = () => work?.cancel();
  setHandler(runProgress, () => ({ ...progress(), paused: pausedSince !== null }));
  setHandler(pauseRun, () => {
    pausedSince ??= Date.now();
    interrupt();
  });
  setHandler(resumeRun, () => {
    pausedMs += pausedSince === null ? 0 : Date.now() - pausedSince;
    pausedSince = null;
  });
  setHandler(
    changeRange,
    (range) => {
      wish = range;
      interrupt();
    },
    {
      validator(range: DateRange) {
        if (!rangeMayChange) throw new Error('this run has no range of its own to change');
        if (range.from > range.to)
          throw new Error(`the range is reversed: ${range.from} is after ${range.to}`);
      },
    },
  );

  function workedUntilNow(): number {
    return (pausedSince ?? Date.now()) - began - pausedMs;
  }

  async function watch(ms: number): Promise<void> {
    for (;;) {
      await condition(() => pausedSince === null);
      const left = ms - workedUntilNow();
      if (left <= 0) break;
      await sleep(left);
    }
    expired = true;
    interrupt();
  }

  return {
    show: (next) => (progress = next),
    untilRunning: () => condition(() => pausedSince === null),
    workedMs: workedUntilNow,
    takeRange() {
      const range = wish;
      wish = null;
      return range;
    },
    limit(ms) {
      clock = new CancellationScope();
      // Ending the clock cancels the watch, which is no failure.
      clock
        .run(() => watch(ms))
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        });
    },
    end: () => clock.cancel(),
    async guard(job) {
      if (hasExpired()) return 'expired';
      if (pausedSince !== null || wish !== null) return 'interrupted';
      const scope = new CancellationScope();
      work = scope;
      try {
        await scope.run(job);
        return 'none';
      } catch (error) {
        const ownDoing = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
        if (!ownDoing || !isEndOfWork(error)) throw error;
        return hasExpired() ? 'expired' : 'interrupted';
      } finally {
        work = null;
      }
    },
  };
}
