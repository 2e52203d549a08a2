import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type ProcessRef } from './processes.ts';

interface Supervision {
  readonly name: string;
  /** Starts it, and returns when it is ready. */
  readonly start: () => Promise<ProcessRef>;
  readonly report: (step: string) => void;
  /** Ends the watch, not the process. */
  readonly signal: AbortSignal;
  /** How long it waits before the first new start; doubled each time, up to 32 times as long. */
  readonly restartAfterMs?: number;
}

const pollMs = 250;
const mostDoublings = 5;
/** One that ran for so long had started well: the waiting begins anew. */
const wellAfterMs = 60_000;

/** Starts a process, and another one whenever it ends by itself. Throws what the first start throws. */
export async function supervise(supervision: Supervision): Promise<void> {
  const first = await supervision.start();
  void keep(first, supervision);
}

async function keep(first: ProcessRef, { name, start, report, signal, ...options }: Supervision) {
  let current: ProcessRef | null = first;
  let since = performance.now();
  let failures = 0;
  // A function: it may change while something is awaited.
  const ended = () => signal.aborted;
  while (!ended()) {
    if (current !== null && isRunning(current)) {
      await paused(pollMs, signal);
      continue;
    }
    if (current !== null) report(`${name}: ended by itself, starting it again`);
    if (performance.now() - since > wellAfterMs) failures = 0;
    await paused((options.restartAfterMs ?? 1_000) * 2 ** Math.min(failures, mostDoublings), signal);
    if (ended()) return;
    failures += 1;
    since = performance.now();
    current = await start().catch((error: unknown) => {
      if (!ended()) report(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    });
  }
}

/** Returns early, and without a word, once the signal is aborted. */
async function paused(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
