import {
  ActivityFailure,
  CancellationScope,
  defineQuery,
  defineUpdate,
  isCancellation,
  setHandler,
  TimeoutFailure,
} from '@temporalio/workflow';
import { isCalendarDate, type DateRange } from '../src/domain/date-range.ts';
import { startClock, type ClockState, type RunClock } from './run-clock.ts';

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

/** What people have said, and the clock counted, so far: what another execution of the run goes on with. */
export interface SteeringState extends ClockState {
  readonly range: DateRange | null;
}

/** What people and the clock may do to a run while it works. */
export interface Steering extends Pick<RunClock, 'workedMs' | 'untilRunning' | 'end'> {
  /** What `runProgress` answers from now on. */
  show(progress: () => Omit<RunProgress, 'paused'>): void;
  /** Does work that a pause, a change of range or the deadline breaks off; what was begun is asked to end first. */
  guard(work: () => Promise<void>): Promise<Interruption>;
  /** The range that a person has asked for since the last call. */
  takeRange(): DateRange | null;
  /** Breaks work off once the run has been working, pauses not counted, for so long. */
  limit(ms: number): void;
  /** Refuses orders that change the work: there is none left. */
  close(): void;
  state(): SteeringState;
}

/** How work ends that was told to: it says so, or its worker has died before it could. */
export function isEndOfWork(error: unknown): boolean {
  if (isCancellation(error)) return true;
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}

const fromTheStart: SteeringState = { workedMs: 0, paused: false, range: null };

/** Makes a run steerable from its first moment on, or from where an earlier execution of it has stopped. */
export function steer(rangeMayChange: boolean, from: SteeringState = fromTheStart): Steering {
  const clock = startClock(from);
  let progress: () => Omit<RunProgress, 'paused'> = () => ({ phase: 'opening', batchesDone: 0, batches: 0 });
  let work: CancellationScope | null = null;
  let expired = false;
  // Functions: what they say may change while guarded work waits.
  const hasExpired = () => expired;
  let wish = from.range;
  const hasWish = () => wish !== null;
  let closed = false;
  const requireOpen = () => {
    if (closed) throw new Error('it comes too late: all that this run was to bring is there');
  };

  const interrupt = () => work?.cancel();
  setHandler(runProgress, () => ({ ...progress(), paused: clock.paused() }));
  setHandler(
    pauseRun,
    () => {
      clock.pause();
      interrupt();
    },
    { validator: requireOpen },
  );
  setHandler(resumeRun, () => clock.resume());
  setHandler(
    changeRange,
    (range) => {
      wish = range;
      interrupt();
    },
    {
      validator(range) {
        requireRange(range, rangeMayChange);
        requireOpen();
      },
    },
  );

  return {
    workedMs: () => clock.workedMs(),
    untilRunning: () => clock.untilRunning(),
    end: () => clock.end(),
    close: () => void (closed = true),
    show: (next) => (progress = next),
    state: () => ({ workedMs: clock.workedMs(), paused: clock.paused(), range: wish }),
    takeRange() {
      const range = wish;
      wish = null;
      return range;
    },
    limit(ms) {
      clock.limit(ms, () => {
        expired = true;
        interrupt();
      });
    },
    async guard(job) {
      if (hasExpired()) return 'expired';
      if (clock.paused() || hasWish()) return 'interrupted';
      const scope = new CancellationScope();
      work = scope;
      try {
        await scope.run(job);
        // Asked for while the last of the work came back: it must not be lost.
        return hasWish() ? 'interrupted' : 'none';
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

function requireRange(range: unknown, mayChange: boolean): void {
  if (!mayChange) throw new Error('this run has no range of its own to change');
  const { from, to } = (range ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  for (const date of [from, to]) {
    if (typeof date !== 'string' || !isCalendarDate(date))
      throw new Error(`a range has from and to, calendar dates, not ${JSON.stringify(range)}`);
  }
  if (String(from) > String(to))
    throw new Error(`the range is reversed: ${String(from)} is after ${String(to)}`);
}
