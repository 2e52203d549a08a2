import { knownSessionDays } from '../../calendar/exchange-calendar.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SourceName } from '../../domain/source.ts';
import { writeAbsences } from '../../store/absences.ts';
import { writeSteps } from '../../store/adjusted-closes.ts';
import { recordFindings } from '../../store/findings.ts';
import { closeRequests, holdPending } from '../../store/load-requests.ts';
import { recordOutcomes, type LoadOutcome } from '../../store/record-outcomes.ts';
import { noteMarketDay } from '../../store/market-days.ts';
import { keepRejected } from '../../store/rejected-rows.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { withholdSeries } from '../../store/split-basis.ts';
import type { Transaction } from '../../store/transaction.ts';
import { writeBars, type WriteCounts } from '../../store/write-bars.ts';
import { findInconsistent } from '../quality/inconsistent-bars.ts';
import { verdictsOf } from './load-of-parts.ts';
import type { Loaded, LoadVerdict } from './load-outcomes.ts';
import { keepQuarantine } from './quarantine.ts';
import { withdrawBars } from './withdrawn-bars.ts';
import { findZeroVolumes } from './zero-volumes.ts';

/** Who brings what is written, and for which run. */
export interface WriteOrigin {
  readonly source: SourceName;
  readonly runId: string;
}

/** Rows of one interval: how many came, and what the write did to them. */
export interface RowTally extends WriteCounts {
  readonly interval: Interval;
  readonly read: number;
}

/**
 * Writes what requests brought: bars, absences, ledger and the state of the requests together. What came of a request
 * that is closed by now, by another attempt or the end of its run, is left out: it counts once. Returns what it wrote.
 */
export async function writeLoaded(
  tx: Transaction,
  { source, runId }: WriteOrigin,
  all: readonly Loaded[],
): Promise<readonly RowTally[]> {
  const pending = await holdPending(
    tx,
    all.map(({ request }) => request.id),
  );
  const batch = all.filter(({ request }) => pending.has(request.id));
  if (batch.length === 0) return [];
  const tallies: RowTally[] = [];
  const counts = new Map<number, WriteCounts>();
  for (const [interval, loaded] of Map.groupBy(batch, (one) => one.interval)) {
    const to = { source, interval, runId };
    const bars = loaded.flatMap((one) => one.bars ?? []);
    for (const { rescaled } of loaded)
      if (rescaled !== undefined) await withholdSeries(tx, { ...to, instrumentId: rescaled });
    const written = await writeBars(tx, to, bars);
    for (const [id, count] of written) counts.set(id, count);
    tallies.push({ interval, read: recordsOf(loaded), ...sumOf(written) });
    await findZeroVolumes(tx, to, bars);
    await findInconsistent(tx, to, bars);
    const withdrawn = await withdrawBars(tx, to, loaded);
    const absences = [...loaded.flatMap((one) => one.absences), ...withdrawn.absences];
    await writeAbsences(tx, to, { bars, absences }, knownSessionDays);
    await keepQuarantine(tx, to, loaded);
    await addRunEvents(tx, runId, withdrawn.events);
  }
  const adjusted = batch.flatMap((one) => one.adjusted ?? []);
  await writeSteps(tx, source, adjusted);
  for (const { marketDay } of batch) if (marketDay) await noteMarketDay(tx, { source, runId }, marketDay);
  await recordOutcomes(tx, outcomes(await verdictsOf(tx, batch), counts));
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
  return tallies;
}

function recordsOf(loaded: readonly Loaded[]): number {
  return loaded.flatMap(({ verdicts }) => verdicts).reduce((sum, { records }) => sum + records, 0);
}

function sumOf(written: ReadonlyMap<number, WriteCounts>): WriteCounts {
  const sum = { inserted: 0, revised: 0, settled: 0 };
  for (const { inserted, revised, settled } of written.values()) {
    sum.inserted += inserted;
    sum.revised += revised;
    sum.settled += settled;
  }
  return sum;
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
