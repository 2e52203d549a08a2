import { parentPort } from 'node:worker_threads';
import { createArena } from '../../indicators/arena.ts';
import type { ComputeExtras } from '../../indicators/extra/compute-extras.ts';
import type { BatchWork, ComputedBatch } from './batch-work.ts';
import { computeBatch } from './compute-batch.ts';

/** What a thread is given: the bars of a batch, whose memory becomes its own, and the rest. */
export interface ThreadJob {
  readonly bars: readonly Uint8Array<ArrayBuffer>[];
  readonly work: BatchWork;
}

/** What it gives back: the batch, or the stack of what went wrong. */
export type ThreadResult = { readonly computed: ComputedBatch } | { readonly error: string };
/** What it says: that, and before it now and then that it gets on. */
export type ThreadAnswer = ThreadResult | { readonly step: true };

/** Of the thread: its memory serves one batch after another. */
const arena = createArena();

parentPort?.on('message', (job: ThreadJob) => void answer(job));

async function answer({ bars, work }: ThreadJob): Promise<void> {
  try {
    const computeExtras = work.wish.extraVersion === null ? null : await loadExtras();
    const computed = computeBatch(arena, bars, { work, computeExtras, onInstrument: stepsNowAndThen() });
    const answer: ThreadAnswer = { computed };
    parentPort?.postMessage(answer, [computed.added.buffer, computed.staged.buffer]);
  } catch (error) {
    const answer: ThreadAnswer = { error: error instanceof Error ? String(error.stack) : String(error) };
    parentPort?.postMessage(answer);
  }
}

const stepEveryMs = 5_000;

function stepsNowAndThen(): () => void {
  let said = performance.now();
  return () => {
    const now = performance.now();
    if (now - said < stepEveryMs) return;
    said = now;
    parentPort?.postMessage({ step: true } satisfies ThreadAnswer);
  };
}

/** The library is loaded by the first batch that needs it, and by no other. */
async function loadExtras(): Promise<ComputeExtras> {
  return (await import('../../indicators/extra/library-extras.ts')).computeExtras;
}
