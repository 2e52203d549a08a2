import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { stepsFromElsewhere } from '../../progress.ts';
import type { BatchWork, ComputedBatch } from './batch-work.ts';
import type { ThreadAnswer, ThreadJob, ThreadResult } from './compute-thread.ts';

/** Threads that compute batches, so that the thread that talks to Temporal never waits for arithmetic. */
export interface ThreadPool {
  /** Computes a batch as soon as a thread is free; the memory of `bars` is given away. */
  compute(bars: readonly Uint8Array<ArrayBuffer>[], work: BatchWork): Promise<ComputedBatch>;
  /** Ends the threads; what they were computing fails. */
  end(): Promise<void>;
}

interface QueuedJob {
  readonly job: ThreadJob;
  readonly resolve: (computed: ComputedBatch) => void;
  readonly reject: (error: Error) => void;
  /** Hears that a thread has got on, whoever's job it has. */
  readonly step: () => void;
}

const entry = new URL('compute-thread.ts', import.meta.url);

function hand(thread: Worker, { job }: QueuedJob): void {
  const memory = job.bars.map(({ buffer }) => buffer);
  thread.postMessage(job, memory);
}

function handBack({ resolve, reject }: QueuedJob, answer: ThreadResult): void {
  if ('error' in answer) reject(new Error(`a thread failed: ${answer.error}`));
  else resolve(answer.computed);
}

/** A pool of as many threads as the machine has cores, unless told; each is started when it is first needed. */
export function createThreadPool(size = availableParallelism()): ThreadPool {
  const queue: QueuedJob[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, QueuedJob>();
  let ended = false;

  function start(): Worker {
    const thread = new Worker(entry);
    thread.on('message', (answer: ThreadAnswer) => heard(thread, answer));
    thread.on('error', (error: Error) => lose(thread, error));
    thread.on('exit', () => lose(thread, new Error('a thread has ended')));
    return thread;
  }

  function heard(thread: Worker, answer: ThreadAnswer): void {
    for (const { step } of [...queue, ...busy.values()]) step();
    if ('step' in answer) return;
    const queued = busy.get(thread);
    busy.delete(thread);
    // An idle thread keeps no process alive.
    thread.unref();
    idle.push(thread);
    if (queued !== undefined) handBack(queued, answer);
    next();
  }

  function lose(thread: Worker, error: Error): void {
    busy.get(thread)?.reject(error);
    busy.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    if (!ended) next();
  }

  function next(): void {
    while (queue.length > 0) {
      const thread = idle.pop() ?? (busy.size < size ? start() : undefined);
      const queued = thread && queue.shift();
      if (thread === undefined || queued === undefined) return;
      thread.ref();
      busy.set(thread, queued);
      hand(thread, queued);
    }
  }

  return {
    compute(bars, work) {
      if (ended) return Promise.reject(new Error('the threads have ended'));
      return new Promise((resolve, reject) => {
        queue.push({ job: { bars, work }, resolve, reject, step: stepsFromElsewhere() });
        next();
      });
    },
    async end() {
      ended = true;
      for (const { reject } of queue.splice(0)) reject(new Error('the threads have ended'));
      await Promise.all([...idle, ...busy.keys()].map((thread) => thread.terminate()));
    },
  };
}
