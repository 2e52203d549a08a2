import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import type { DateRange } from '../src/domain/date-range.ts';
import { requireNoInput } from '../src/flows/input.ts';
import { rangeOrdered, requireOrigin } from '../src/flows/orders.ts';
import type { AnyRequest, Run } from '../src/runs/run.ts';
import { giverOf, type OrderOrigin, type RunOrder } from '../src/runs/run-order.ts';
import { noteRunOrder } from './activity-proxies.ts';
import type { RunWait } from './run-wait.ts';

/** How far a run is, for the Web UI and the command line; the counts are in the ledger. */
export interface RunProgress {
  readonly phase: string;
  readonly batchesDone: number;
  readonly batches: number;
  readonly paused: boolean;
  /** Its work is done or given up, and it ends by itself: it takes no order any more. */
  readonly closing: boolean;
  /** What came of it; absent while it goes on. */
  readonly summary?: unknown;
  /** What it waits for before it asks any further; absent or null: it does not. */
  readonly waits?: RunWait | null;
}

/**
 * Orders that a run takes: once it has loaded all, its range is past; then nothing is left to pause; and what closes ends
 * by itself, so that the ledger and Temporal say the same of it.
 */
export type OrdersTaken = 'all' | 'pauses' | 'cancellation' | 'none';

/** Once it is done no request leaves any more that the order breaks off; or what has to end before. */
export type OrderAnswer = { readonly done: true } | { readonly done: false; readonly waitsFor: string };

/** What orders do to a run. */
export interface Orderly {
  progress(): RunProgress;
  taken(): OrdersTaken;
  /** Once the run is in the ledger. */
  untilOpen(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Gives the run another range once it is accepted: until then it neither takes it up nor comes to its end. */
  propose(range: DateRange): { accept(): void; withdraw(): void };
  /** True while something is under way that such an order breaks off. */
  isUnderWay(order: 'pause' | 'change'): boolean;
}

export const pauseRun = defineUpdate<OrderAnswer, [OrderOrigin?]>('pauseRun');
export const resumeRun = defineUpdate<OrderAnswer, [OrderOrigin?]>('resumeRun');
export const changeRange = defineUpdate<OrderAnswer, [DateRange, OrderOrigin?]>('changeRange');
export const runProgress = defineQuery<RunProgress>('runProgress');

/** For Temporal's pages and its metadata query. */
const descriptions = {
  runProgress: 'how far the run is, what it waits for, and once it is done its summary; no argument',
  pauseRun: 'lets the run stand still: no request leaves after the answer',
  resumeRun: 'lets a paused run go on',
  changeRange: 'gives the run another range: {"startDate":"2026-01-02","endDate":"2026-01-30"}',
} as const;

/**
 * Takes the orders of a run. Each works at once, is in the ledger next, and is answered when it is done: when what it
 * breaks off has ended, so that no request leaves after the answer.
 */
export function handleOrders(
  { runId, request }: Pick<Run<AnyRequest>, 'runId' | 'request'>,
  run: Orderly,
): OrdersHeard {
  async function note(order: RunOrder): Promise<void> {
    await run.untilOpen();
    await noteRunOrder(runId, order);
  }
  answerProgress(run);
  setHandler(
    pauseRun,
    async (origin?: unknown) => {
      run.pause();
      await note({ verb: 'pause', by: giverOf(origin) });
      return answerTo(run, 'pause');
    },
    {
      description: descriptions.pauseRun,
      validator(...args: readonly unknown[]) {
        requireOrigin('pauseRun', args);
        requireTaken(run, ['all', 'pauses']);
      },
    },
  );
  setHandler(
    resumeRun,
    async (origin?: unknown): Promise<OrderAnswer> => {
      run.resume();
      await note({ verb: 'resume', by: giverOf(origin) });
      return { done: true };
    },
    resuming,
  );
  setHandler(
    changeRange,
    (wish: unknown, origin?: unknown) =>
      change(run, note, { range: rangeOrdered([wish], request.nominalTime), by: giverOf(origin) }),
    {
      description: descriptions.changeRange,
      validator(wish: unknown, ...origin: readonly unknown[]) {
        requireOwnRange(request);
        rangeOrdered([wish], request.nominalTime);
        requireOrigin('changeRange', origin);
        requireTaken(run, ['all']);
      },
    },
  );
  const cancellation = heedCancellation((tooLate) => note({ verb: 'cancel', by: null, tooLate }), run);
  return heardBy(cancellation);
}

function heardBy(cancellation: ReturnType<typeof heedCancellation>): OrdersHeard {
  return {
    settled: () =>
      CancellationScope.nonCancellable(async () => {
        await condition(allHandlersFinished);
        await cancellation.noted();
      }),
    drop: () => cancellation.drop(),
  };
}

/** What became of the orders of a run. */
export interface OrdersHeard {
  /** Waits until all of them, a cancellation included, are noted and answered. */
  settled(): Promise<void>;
  /** Gives up noting a cancellation: what is not noted by now holds up the end of the run. */
  drop(): void;
}

interface Change {
  readonly range: DateRange;
  readonly by: string | null;
}

async function change(
  run: Orderly,
  note: (order: RunOrder) => Promise<void>,
  { range, by }: Change,
): Promise<OrderAnswer> {
  const order = { verb: 'change', range, by } as const;
  const proposal = run.propose(range);
  try {
    await note(order);
  } catch (error) {
    proposal.withdraw();
    throw refusal(error);
  }
  proposal.accept();
  return answerTo(run, 'change');
}

const resuming = {
  description: descriptions.resumeRun,
  validator: (...args: readonly unknown[]) => requireOrigin('resumeRun', args),
};

function answerProgress(run: Orderly): void {
  const shown = (...args: readonly unknown[]) => {
    requireNoInput('runProgress', args);
    return run.progress();
  };
  setHandler(runProgress, shown, { description: descriptions.runProgress });
}

/** What was told to end does so within seconds, unless it or its worker hangs: then whoever asks is not held up for it. */
const answeredWithin = '10 seconds';

async function answerTo(run: Orderly, order: 'pause' | 'change'): Promise<OrderAnswer> {
  const isStill = () => !run.isUnderWay(order);
  const summary = `a ${order} is answered by then, done or not`;
  if (isStill() || (await condition(isStill, answeredWithin, { summary }))) return { done: true };
  const { phase, batchesDone, batches } = run.progress();
  return {
    done: false,
    waitsFor: `what is under way to end: ${phase}, ${batchesDone} of ${batches} batches`,
  };
}

/**
 * A cancellation is in the ledger as soon as it is heard, not only when all that it breaks off has ended. `noted` waits
 * until it is, and returns at once where there is none.
 */
function heedCancellation(note: (tooLate: boolean) => Promise<void>, run: Pick<Orderly, 'taken'>) {
  const scope = CancellationScope.current();
  let noting: CancellationScope | null = null;
  let noted: Promise<void> | null = null;
  const begin = () =>
    (noted ??= CancellationScope.nonCancellable(() => {
      const tooLate = run.taken() === 'none';
      noting = new CancellationScope();
      return noting.run(() => note(tooLate));
    }));
  // Whoever waits for it hears that it could not be noted.
  scope.cancelRequested.catch(begin).catch(() => undefined);
  return {
    async noted() {
      if (scope.consideredCancelled) await begin();
    },
    drop: () => noting?.cancel(),
  };
}

/** What speaks against an order, once its entry in the ledger has found it; the run goes on. */
function refusal(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  if (!(cause instanceof ApplicationFailure)) return error;
  return ApplicationFailure.nonRetryable(cause.message, cause.type ?? 'OrderRefused');
}

function requireTaken(run: Pick<Orderly, 'taken'>, wanted: readonly OrdersTaken[]): void {
  const taken = run.taken();
  if (wanted.includes(taken)) return;
  const why =
    taken === 'none' ? 'the run is closing, and ends by itself' : 'all that this run was to bring is there';
  throw ApplicationFailure.nonRetryable(`it comes too late: ${why}`);
}

function requireOwnRange(request: AnyRequest): void {
  if ('sessions' in request && 'range' in request.sessions) return;
  throw new Error('this run has no range of its own to change');
}
