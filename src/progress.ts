import { AsyncLocalStorage } from 'node:async_hooks';

/** Tells whether a piece of work gets on. */
export interface ProgressWatch {
  /** Does the work; what is begun in it counts for it. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** False once it has made no step for so long. */
  getsOn(silentMs: number): boolean;
}

interface Steps {
  readonly now: () => number;
  /** The last step, or the time by which a wait that is known to end does. */
  last: number;
  /** Things under way that end whatever happens. */
  pending: number;
}

const current = new AsyncLocalStorage<Steps>();

/** Watches one piece of work; `now` in milliseconds that only go forward. */
export function watchProgress(now: () => number = () => performance.now()): ProgressWatch {
  const steps: Steps = { now, last: now(), pending: 0 };
  return {
    run: (work) => current.run(steps, work),
    getsOn: (silentMs) => steps.pending > 0 || now() - steps.last < silentMs,
  };
}

/** Something has come, or is done. */
export function madeStep(): void {
  expectStep(0);
}

/** The next step is known to come within so long: until then waiting is getting on. */
export function expectStep(withinMs: number): void {
  const steps = current.getStore();
  if (steps !== undefined) steps.last = Math.max(steps.last, steps.now() + withinMs);
}

/** What waits for something that somebody else sees to the end of. */
export async function pending<T>(ending: Promise<T>): Promise<T> {
  const steps = current.getStore();
  if (steps === undefined) return ending;
  steps.pending += 1;
  try {
    return await ending;
  } finally {
    steps.pending -= 1;
    steps.last = Math.max(steps.last, steps.now());
  }
}

/** A step of this work, to be called from wherever: by a thread's message, or for somebody else. */
export function stepsFromElsewhere(): () => void {
  return AsyncLocalStorage.bind(madeStep);
}
