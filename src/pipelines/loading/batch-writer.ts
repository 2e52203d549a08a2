import { knownSessionDays } from '../../calendar/exchange-calendar.ts';
import { writeAbsences } from '../../store/absences.ts';
import { writeBars, type WriteCounts } from '../../store/write-bars.ts';
import type { Store } from '../../store/database.ts';
import { recordFindings } from '../../store/findings.ts';
import { noteMarketDay } from '../../store/market-days.ts';
import { closeRequests } from '../../store/load-requests.ts';
import { recordOutcomes, type LoadOutcome } from '../../store/load-runs.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { withholdSeries } from '../../store/split-basis.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { transaction } from '../../store/transaction.ts';
import { findZeroVolumes } from './zero-volumes.ts';
import type { Loaded, LoadVerdict } from './load-outcomes.ts';
import type { SourceName } from '../../domain/source.ts';

export interface BatchWriter {
  /** Hands over what one request brought; waits for the write when there is much. */
  add(loaded: Loaded): Promise<void>;
  /** Writes the rest. Throws what an earlier write failed with. */
  flush(): Promise<void>;
}

const maxRows = 20_000;
const maxRequests = 100;
/** What comes within so long is written together. */
const gatherMs = 500;

/**
 * Gathers what requests brought and writes it in transactions of bars, absences, ledger and request state together,
 * one at a time. After a write has failed nothing more is written: the batch is going to be done again.
 */
export function createBatchWriter(
  store: Store,
  origin: { readonly source: SourceName; readonly runId: string },
): BatchWriter {
  let buffer: Loaded[] = [];
  let rows = 0;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = buffer;
    buffer = [];
    rows = 0;
    if (batch.length > 0) writing = writing.then(() => writeBatch(store, origin, batch));
    return writing;
  }

  return {
    async add(loaded) {
      buffer.push(loaded);
      rows += loaded.bars?.bars.length ?? 0;
      if (rows >= maxRows || buffer.length >= maxRequests) await write();
      // A failure is thrown by the next call; until then it must not count as unhandled.
      else timer ??= setTimeout(() => void write().catch(() => undefined), gatherMs);
    },
    flush: write,
  };
}

async function writeBatch(
  store: Store,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  batch: readonly Loaded[],
): Promise<void> {
  await transaction(store, async (tx) => {
    const counts = new Map<number, WriteCounts>();
    for (const [interval, loaded] of Map.groupBy(batch, (one) => one.interval)) {
      const to = { source, interval, runId };
      const bars = loaded.flatMap((one) => one.bars ?? []);
      for (const { rescaled } of loaded)
        if (rescaled !== undefined) await withholdSeries(tx, { ...to, instrumentId: rescaled });
      for (const [id, count] of await writeBars(tx, to, bars)) counts.set(id, count);
      await findZeroVolumes(tx, to, bars);
      const absences = loaded.flatMap((one) => one.absences);
      await writeAbsences(tx, to, { bars, absences }, knownSessionDays);
    }
    for (const { marketDay } of batch) if (marketDay) await noteMarketDay(tx, { source, runId }, marketDay);
    await recordOutcomes(
      tx,
      outcomes(
        batch.flatMap(({ verdicts }) => verdicts),
        counts,
      ),
    );
    await closeRequests(
      tx,
      runId,
      batch.map(({ request }) => request),
    );
    await addRunEvents(
      tx,
      runId,
      batch.flatMap(({ events }) => events),
    );
    await keepRejected(
      tx,
      { source, runId },
      batch.flatMap(({ rejected }) => rejected),
    );
    await recordFindings(
      tx,
      runId,
      batch.flatMap(({ findings = [] }) => findings),
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
