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
interface RunProgress {
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
export interface Steering extends Pick<RunClock, 'workedMs' | 'standStill' | 'untilRunning' | 'end'> {
  /** What `runProgress` answers from now on. */
  show(progress: () => Omit<RunProgress, 'paused'>): void;
  /** Does work that a pause, a change of range or the deadline breaks off; what was begun is asked to end first. */
  guard(work: () => Promise<void>): Promise<Interruption>;
  /** The range that a person has asked for since the last call. */
  takeRange(): DateRange | null;
  /** Breaks work off once the run has been working, pauses not counted, for so long. */
  limit(ms: number): void;
  /** Whether orders that change the work are taken: refused once there is none left. */
  takeOrders(taken: boolean): void;
  state(): SteeringState;
}

/** How work ends that was told to: it says so, or its worker has died before it could. */
export function isEndOfWork(error: unknown): boolean {
  if (isCancellation(error)) return true;
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}

const fromTheStart: SteeringState = { workedMs: 0, paused: false, range: null };

/** A run as it is steered. */
interface Steered {
  readonly clock: RunClock;
  progress: () => Omit<RunProgress, 'paused'>;
  /** What is being done under guard. */
  work: CancellationScope | null;
  expired: boolean;
  /** The range that nobody has taken yet. */
  wish: DateRange | null;
  takesOrders: boolean;
}

/** Makes a run steerable from its first moment on, or from where an earlier execution of it has stopped. */
export function steer(rangeMayChange: boolean, from: SteeringState = fromTheStart): Steering {
  const run: Steered = {
    clock: startClock(from),
    progress: () => ({ phase: 'opening', batchesDone: 0, batches: 0 }),
    work: null,
    expired: false,
    wish: from.range,
    takesOrders: true,
  };
  handlePeople(run, rangeMayChange);
  const { clock } = run;
  return {
    workedMs: () => clock.workedMs(),
    standStill: (until) => clock.standStill(until),
    untilRunning: () => clock.untilRunning(),
    end: () => clock.end(),
    show: (next) => (run.progress = next),
    state: () => ({ workedMs: clock.workedMs(), paused: clock.paused(), range: run.wish }),
    takeRange: () => takeRange(run),
    limit: (ms) => clock.limit(ms, () => expire(run)),
    guard: (job) => guard(run, job),
    takeOrders: (taken) => void (run.takesOrders = taken),
  };
}

function handlePeople(run: Steered, rangeMayChange: boolean): void {
  setHandler(runProgress, () => ({ ...run.progress(), paused: run.clock.paused() }));
  setHandler(
    pauseRun,
    () => {
      run.clock.pause();
      interrupt(run);
    },
    { validator: () => requireOpen(run) },
  );
  setHandler(resumeRun, () => run.clock.resume());
  setHandler(
    changeRange,
    (range) => {
      run.wish = range;
      interrupt(run);
    },
    {
      validator(range) {
        requireRange(range, rangeMayChange);
        requireOpen(run);
      },
    },
  );
}

function requireOpen({ takesOrders }: Steered): void {
  if (!takesOrders) throw new Error('it comes too late: all that this run was to bring is there');
}

function interrupt({ work }: Steered): void {
  work?.cancel();
}

function expire(run: Steered): void {
  run.expired = true;
  interrupt(run);
}

function takeRange(run: Steered): DateRange | null {
  const { wish } = run;
  run.wish = null;
  return wish;
}

async function guard(run: Steered, job: () => Promise<void>): Promise<Interruption> {
  const ahead = standsInTheWay(run);
  if (ahead !== 'none') return ahead;
  const scope = new CancellationScope();
  run.work = scope;
  try {
    await scope.run(job);
    // A range that was asked for while the last of the work came back must not be lost.
    return run.wish === null ? 'none' : 'interrupted';
  } catch (error) {
    const ownDoing = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
    if (!ownDoing || !isEndOfWork(error)) throw error;
    return run.expired ? 'expired' : 'interrupted';
  } finally {
    run.work = null;
  }
}

function standsInTheWay(run: Steered): Interruption {
  if (run.expired) return 'expired';
  return isInterrupted(run) ? 'interrupted' : 'none';
}

function isInterrupted({ clock, wish }: Steered): boolean {
  return clock.paused() || wish !== null;
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
