import { Context } from '@temporalio/activity';
import { count } from '../src/metrics/measuring.ts';
import { computeContained } from '../src/pipelines/indicators/contained-batch.ts';
import type { BatchWish, LoadSpan } from '../src/pipelines/indicators/plan-batches.ts';
import { readBatch } from '../src/pipelines/indicators/read-batch.ts';
import type { ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';
import { writeBatch } from '../src/pipelines/indicators/write-batch.ts';
import type { Store } from '../src/store/database.ts';
import { openLoads } from '../src/store/open-loads.ts';
import { transaction } from '../src/store/transaction.ts';

export interface IndicatorBatchDeps {
  readonly store: Store;
  readonly threads: ThreadPool;
}

export function createIndicatorBatchActivities({ store, threads }: IndicatorBatchDeps) {
  async function compute(wish: BatchWish, span: LoadSpan): Promise<void> {
    const { cancellationSignal } = Context.current();
    const rows = await transaction(store, async (tx) => {
      const loads = await openLoads(tx, wish.runId, span);
      if (loads.length === 0) return 0;
      const { bars, work } = await readBatch(tx, wish, loads);
      const computed = await threads.compute(bars, work);
      cancellationSignal.throwIfAborted();
      return writeBatch(tx, wish, { loads, computed });
    });
    count('indicatorRows', rows, { provider: wish.source });
  }

  return {
    /**
     * Computes what is due of the open loads of a span; rows, states and ledger change together or not at all. A load
     * that cannot be stored fails alone.
     */
    async computeIndicatorBatch(wish: BatchWish, span: LoadSpan): Promise<void> {
      await computeContained(store, wish.runId, span, (part) => compute(wish, part));
    },
  };
}

export type IndicatorBatchActivities = ReturnType<typeof createIndicatorBatchActivities>;
