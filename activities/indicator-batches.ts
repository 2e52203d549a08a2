import { Context } from '@temporalio/activity';
import type { IndicatorWish } from '../src/domain/indicator-freshness.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { indicatorColumns } from '../src/indicators/columns.ts';
import { parametersVersion } from '../src/indicators/registry.ts';
import { copyBars, effectiveSplits, knownAbsences } from '../src/store/bar-series.ts';
import type { Store } from '../src/store/database.ts';
import { claimStates, saveStates } from '../src/store/indicator-states.ts';
import { recordOutcomes } from '../src/store/load-runs.ts';
import { openLoads, type OpenLoad } from '../src/store/open-loads.ts';
import { transaction, type Transaction } from '../src/store/transaction.ts';
import { writeIndicators, type IndicatorCounts } from '../src/store/write-indicators.ts';
import type { ComputedBatch, InstrumentResult } from '../src/pipelines/indicators/batch-work.ts';
import { seriesEnd } from '../src/pipelines/indicators/compute-batch.ts';
import { listedUntil } from '../src/pipelines/indicators/listing.ts';
import { failedOutcome, outcomeOf } from '../src/pipelines/indicators/load-verdicts.ts';
import type { BatchWish, LoadSpan } from './indicator-planning.ts';
import type { ThreadPool } from '../src/pipelines/indicators/thread-pool.ts';

export interface IndicatorBatchDeps {
  readonly store: Store;
  readonly threads: ThreadPool;
}

export function createIndicatorBatchActivities({ store, threads }: IndicatorBatchDeps) {
  return {
    /** Computes what is due of the open loads of a span; rows, states and ledger change together or not at all. */
    async computeIndicatorBatch(wish: BatchWish, span: LoadSpan): Promise<void> {
      const { cancellationSignal } = Context.current();
      await transaction(store, async (tx) => {
        const loads = await openLoads(tx, wish.runId, span);
        if (loads.length === 0) return;
        const computed = await compute(tx, threads, { wish, loads });
        cancellationSignal.throwIfAborted();
        await write(tx, { wish, loads, computed });
      });
    },
  };
}

export type IndicatorBatchActivities = ReturnType<typeof createIndicatorBatchActivities>;

interface Batch {
  readonly wish: BatchWish;
  readonly loads: readonly OpenLoad[];
}

async function compute(
  tx: Transaction,
  threads: ThreadPool,
  { wish: { runId, source, window, again }, loads }: Batch,
): Promise<ComputedBatch> {
  const wish: IndicatorWish = { window, again, parametersVersion };
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const states = await claimStates(tx, source, instrumentIds);
  const endOf = (instrumentId: number) => seriesEnd(states.get(instrumentId) ?? null, wish);
  const splits = await effectiveSplits(tx, instrumentIds);
  const absences = new Map<number, readonly SessionDate[]>();
  const bars: Uint8Array<ArrayBuffer>[] = [];
  for (const [through, ids] of Map.groupBy(instrumentIds, endOf)) {
    const query = { instrumentIds: ids, source, through };
    for (const [id, sessions] of await knownAbsences(tx, query)) absences.set(id, sessions);
    bars.push(await copyBars(tx, query));
  }
  return threads.compute(bars, {
    source,
    runId,
    computedAtMs: Date.now(),
    wish,
    instruments: loads.map(({ instrumentId, ...listing }) => {
      return {
        instrumentId,
        state: states.get(instrumentId) ?? null,
        splits: (splits.get(instrumentId) ?? []).map(({ exDate, ratio, spinOff }) => ({
          exDate,
          ratio,
          spinOff,
        })),
        absences: absences.get(instrumentId) ?? [],
        listedUntil: listedUntil(listing),
      };
    }),
  });
}

async function write(
  tx: Transaction,
  { wish: { runId, source }, loads, computed }: Batch & { readonly computed: ComputedBatch },
): Promise<void> {
  const { results, ...rows } = computed;
  const due = results.flatMap(({ instrumentId, due: ranges }) =>
    ranges.map((range) => ({ instrumentId, range })),
  );
  const counts = await writeIndicators(tx, { ...rows, source, runId, columns: indicatorColumns, due });
  const states = new Map(
    results.flatMap(({ instrumentId, state }) => (state ? [[instrumentId, state]] : [])),
  );
  await saveStates(tx, { source, runId }, states);
  const loadOf = new Map(loads.map(({ instrumentId, id }) => [instrumentId, id]));
  await recordOutcomes(
    tx,
    results.map((result) =>
      verdict(loadOf.get(result.instrumentId) ?? 0, result, counts.get(result.instrumentId)),
    ),
  );
}

function verdict(loadId: number, { error, state, added }: InstrumentResult, counts?: IndicatorCounts) {
  if (error !== null) return failedOutcome(loadId, error);
  const { kept = 0, changed = 0 } = counts ?? {};
  return outcomeOf(loadId, { state, records: added + kept, changed: added + changed });
}
