import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { DateRange } from '../src/domain/date-range.ts';
import type { AnyRequest, Run } from '../src/runs/run.ts';
import { showPause } from './details.ts';
import {
  handleOrders,
  type Orderly,
  type OrdersHeard,
  type OrdersTaken,
  type RunProgress,
} from './orders.ts';
import { startClock, type ClockState, type RunClock } from './run-clock.ts';

export type Interruption = 'none' | 'interrupted' | 'expired';

/** What people have said, and the clock counted, so far: what another execution of the run goes on with. */
export interface SteeringState extends ClockState {
  readonly range: DateRange | null;
}

/** What a run says of itself. */
type ShownProgress = Omit<RunProgress, 'paused' | 'closing'>;

/** What people and the clock may do to a run while it works. */
export interface Steering
  extends Pick<RunClock, 'workedMs' | 'standStill' | 'untilRunning' | 'end'>, OrdersHeard {
  /** What `runProgress` answers from now on. */
  show(progress: () => ShownProgress): void;
  /** What it answers once all is done. */
  finish(summary: unknown): void;
  /** Does work that a pause, a change of range or the deadline breaks off; what was begun is asked to end first. */
  guard(work: () => Promise<void>): Promise<Interruption>;
  /**
   * Does work that a pause breaks off, and begins it anew once the run goes on. Fails with `DeadlineExceeded` once it has
   * worked for too long, pauses not counted.
   */
  carryOut<Result>(limit: PhaseLimit, work: () => Promise<Result>): Promise<Result>;
  /** The same with work that no pause breaks off. */
  within<Result>(limit: PhaseLimit, work: () => Promise<Result>): Promise<Result>;
  /** The range that a person has asked for since the last call, once it is known whether it can be. */
  takeRange(): Promise<DateRange | null>;
  /** Breaks work off once the run has been working, pauses not counted, for so long. */
  limit(ms: number): void;
  /** Which orders are taken from now on: the others come too late. */
  takeOrders(taken: OrdersTaken): void;
  /** The run is in the ledger, or will not come there: orders can be noted. */
  opened(): void;
  state(): SteeringState;
}

/** How long one phase of a run may take; what it is called where it takes longer. */
export interface PhaseLimit {
  readonly what: string;
  readonly seconds: number;
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
  progress: () => ShownProgress;
  /** What is being done, and whether more than a pause breaks it off. */
  work: { readonly scope: CancellationScope; readonly heedsAll: boolean } | null;
  expired: boolean;
  /** The range that nobody has taken yet. */
  wish: DateRange | null;
  /** Ranges of which it is not known yet whether they can be. */
  proposed: number;
  taken: OrdersTaken;
  isOpen: boolean;
}

/** Makes a run steerable from its first moment on, or from where an earlier execution of it has stopped. */
export function steer({ runId, request }: Run<AnyRequest>, from?: SteeringState): Steering {
  const run: Steered = {
    clock: startClock(from ?? fromTheStart),
    progress: () => ({ phase: 'opening', batchesDone: 0, batches: 0 }),
    work: null,
    expired: false,
    wish: from?.range ?? null,
    proposed: 0,
    taken: 'all',
    isOpen: from !== undefined,
  };
  if (from?.paused === true) showPause(true);
  const orders = handleOrders({ runId, request }, orderly(run));
  const { clock } = run;
  return {
    workedMs: () => clock.workedMs(),
    standStill: (until) => clock.standStill(until),
    untilRunning: () => clock.untilRunning(),
    end: () => clock.end(),
    show: (next) => (run.progress = next),
    finish(summary) {
      const last = { ...run.progress(), phase: 'done', summary };
      run.progress = () => last;
    },
    state: () => ({ workedMs: clock.workedMs(), paused: clock.paused(), range: run.wish }),
    takeRange: () => takeRange(run),
    limit: (ms) => clock.limit(ms, () => expire(run)),
    guard: (job) => guard(run, job),
    carryOut: (limit, job) => limited(run, limit, () => carryOut(run, job)),
    within: (limit, job) => limited(run, limit, job),
    takeOrders: (taken) => void (run.taken = taken),
    opened: () => void (run.isOpen = true),
    ...orders,
  };
}

function orderly(run: Steered): Orderly {
  return {
    progress() {
      const shown = run.progress();
      const closing = run.taken === 'none' && shown.summary === undefined;
      return { ...shown, paused: run.clock.paused(), closing };
    },
    taken: () => run.taken,
    untilOpen: () => condition(() => run.isOpen),
    pause() {
      run.clock.pause();
      showPause(true);
      run.work?.scope.cancel();
    },
    resume() {
      run.clock.resume();
      showPause(false);
    },
    propose: (range) => propose(run, range),
    isUnderWay: (order) => run.work !== null && (order === 'pause' ? run.clock.paused() : run.work.heedsAll),
  };
}

function propose(run: Steered, range: DateRange) {
  const before = run.wish;
  run.wish = range;
  run.proposed += 1;
  return {
    accept() {
      run.proposed -= 1;
      interrupt(run);
    },
    withdraw() {
      run.proposed -= 1;
      if (run.wish === range) run.wish = before;
    },
  };
}

function interrupt({ work }: Steered): void {
  if (work?.heedsAll === true) work.scope.cancel();
}

function expire(run: Steered): void {
  run.expired = true;
  interrupt(run);
}

async function takeRange(run: Steered): Promise<DateRange | null> {
  if (run.proposed > 0) await condition(() => run.proposed === 0);
  const { wish } = run;
  run.wish = null;
  return wish;
}

async function guard(run: Steered, job: () => Promise<void>): Promise<Interruption> {
  const ahead = standsInTheWay(run);
  if (ahead !== 'none') return ahead;
  const isDone = await broken(run, job, { heedsAll: true });
  // A range that was asked for while the last of the work came back must not be lost.
  if (isDone !== null) return run.wish === null ? 'none' : 'interrupted';
  return run.expired ? 'expired' : 'interrupted';
}

/** Does a phase; one that takes too long is told to end, and is not waited for. */
async function limited<Result>(
  { clock }: Steered,
  { what, seconds }: PhaseLimit,
  job: () => Promise<Result>,
): Promise<Result> {
  const scope = new CancellationScope();
  const done = scope.run(job);
  const late = new Promise<never>((_, reject) => {
    clock.limit(clock.workedMs() + seconds * 1000, () => {
      reject(
        ApplicationFailure.nonRetryable(`${what} has not ended within ${seconds} s`, 'DeadlineExceeded'),
      );
      scope.cancel();
    });
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    clock.end();
  }
}

async function carryOut<Result>(run: Steered, job: () => Promise<Result>): Promise<Result> {
  for (;;) {
    await run.clock.untilRunning();
    const done = await broken(run, job, { heedsAll: false });
    if (done !== null) return done.result;
  }
}

/** Does work; null where an order has broken it off. */
async function broken<Result>(
  run: Steered,
  job: () => Promise<Result>,
  { heedsAll }: { readonly heedsAll: boolean },
): Promise<{ readonly result: Result } | null> {
  const scope = new CancellationScope();
  run.work = { scope, heedsAll };
  try {
    return { result: await scope.run(job) };
  } catch (error) {
    const ownDoing = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
    if (!ownDoing || !isEndOfWork(error)) throw error;
    return null;
  } finally {
    run.work = null;
  }
}

function standsInTheWay(run: Steered): Interruption {
  if (run.expired) return 'expired';
  return run.clock.paused() || run.wish !== null ? 'interrupted' : 'none';
}
