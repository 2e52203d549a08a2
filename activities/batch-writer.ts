import { writeAbsences } from '../src/store/absences.ts';
import { writeDailyBars, type WriteCounts } from '../src/store/daily-bars.ts';
import type { Store } from '../src/store/database.ts';
import { noteMarketDay } from '../src/store/market-days.ts';
import { closeRequests } from '../src/store/load-requests.ts';
import { recordOutcomes, type LoadOutcome } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { inTransaction } from '../src/store/transaction.ts';
import type { Loaded, LoadVerdict } from './load-outcomes.ts';

export interface BatchWriter {
  /** Hands over what one request brought; waits while an earlier write is under way and the buffer is full. */
  add(loaded: Loaded): Promise<void>;
  /** Writes the rest. */
  flush(): Promise<void>;
}

const maxRows = 20_000;
const maxRequests = 50;

/**
 * Gathers what requests brought and writes it in transactions of bars, absences, ledger and request state together,
 * one at a time: large while answers come fast, at once while they come slowly.
 */
export function createBatchWriter(
  store: Store,
  origin: { readonly source: string; readonly runId: string },
): BatchWriter {
  let buffer: Loaded[] = [];
  let rows = 0;
  let writing: Promise<void> = Promise.resolve();
  let busy = false;

  async function write(): Promise<void> {
    while (busy) await writing;
    if (buffer.length === 0) return;
    const batch = buffer;
    buffer = [];
    rows = 0;
    busy = true;
    writing = writeBatch(store, origin, batch).finally(() => (busy = false));
    await writing;
  }

  return {
    async add(loaded) {
      buffer.push(loaded);
      rows += loaded.bars.length;
      const full = rows >= maxRows || buffer.length >= maxRequests;
      if (full || !busy) await write();
    },
    flush: write,
  };
}

async function writeBatch(
  store: Store,
  { source, runId }: { readonly source: string; readonly runId: string },
  batch: readonly Loaded[],
): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const counts = await writeDailyBars(client, { source, runId, bars: batch.flatMap(({ bars }) => bars) });
    await writeAbsences(
      client,
      { source, interval: '1d', runId },
      batch.flatMap(({ absences }) => absences),
    );
    for (const { marketDay } of batch)
      if (marketDay) await noteMarketDay(client, { source, runId, ...marketDay });
    await recordOutcomes(
      client,
      outcomes(
        batch.flatMap(({ verdicts }) => verdicts),
        counts,
      ),
    );
    await closeRequests(
      client,
      runId,
      batch.map(({ request }) => request),
    );
    await addRunEvents(
      client,
      runId,
      batch.flatMap(({ events }) => events),
    );
  });
}

/** One outcome a load: the update behind it takes each row once. */
function outcomes(
  verdicts: readonly LoadVerdict[],
  counts: ReadonlyMap<number, WriteCounts>,
): readonly LoadOutcome[] {
  const byLoad = new Map<number, LoadOutcome>();
  for (const { loadId, instrumentId, records, status, error } of verdicts) {
    const earlier = byLoad.get(loadId);
    const { inserted, revised, settled } = counts.get(instrumentId) ?? {
      inserted: 0,
      revised: 0,
      settled: 0,
    };
    byLoad.set(loadId, {
      loadId,
      records: records + (earlier?.records ?? 0),
      changed: inserted + revised,
      settled,
      status,
      error: error ?? earlier?.error ?? null,
    });
  }
  return [...byLoad.values()];
}
