import { extraColumns } from '../../indicators/extra/extras.ts';
import { indicatorColumns } from '../../indicators/columns.ts';
import { saveStates } from '../../store/indicator-states.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { recordOutcomes, type LoadOutcome } from '../../store/record-outcomes.ts';
import type { OpenLoad } from '../../store/open-loads.ts';
import { writeIndicators, type IndicatorCounts } from '../../store/write-indicators.ts';
import type { ComputedBatch, InstrumentResult } from './batch-work.ts';
import { failedOutcome, outcomeOf } from './load-verdicts.ts';
import type { BatchWish } from './plan-batches.ts';
import type { Transaction } from '../../store/transaction.ts';

/** Writes the rows and the states of a computed batch, and what the ledger says of its loads; returns the rows computed. */
export async function writeBatch(
  tx: Transaction,
  { runId, source }: Pick<BatchWish, 'runId' | 'source'>,
  { loads, computed }: { readonly loads: readonly OpenLoad[]; readonly computed: ComputedBatch },
): Promise<number> {
  const { results, extraField, ...rows } = computed;
  const due = results.flatMap(({ instrumentId, due: ranges }) =>
    ranges.map((range) => ({ instrumentId, range })),
  );
  const columns = { columns: indicatorColumns, extra: extraField ? extraColumns : null };
  const counts = await writeIndicators(tx, { ...rows, ...columns, source, runId, due });
  const states = new Map(
    results.flatMap(({ instrumentId, state }) => (state ? [[instrumentId, state]] : [])),
  );
  await saveStates(tx, { source, runId }, states);
  await addRunEvents(tx, runId, refusalEvents(results));
  const loadOf = new Map(loads.map(({ instrumentId, id }) => [instrumentId, id]));
  const verdicts = results.map((result) =>
    verdict(loadOf.get(result.instrumentId) ?? 0, result, counts.get(result.instrumentId)),
  );
  await recordOutcomes(tx, verdicts);
  return verdicts.reduce((sum, { records }) => sum + records, 0);
}

/** An event each of what was refused for one reason, with how many series. */
function refusalEvents(results: readonly InstrumentResult[]): readonly RunEvent[] {
  const refused = results.flatMap(({ refusals }) => refusals);
  const alike = Map.groupBy(refused, ({ keys, reason }) => `${keys.join(', ')} refused: ${reason}`);
  return [...alike].map(([what, { length }]) => {
    return { level: 'warn', message: `extra ${what} (${length} of ${results.length} series)` };
  });
}

function verdict(
  loadId: number,
  { error, state, added }: InstrumentResult,
  counts?: IndicatorCounts,
): LoadOutcome {
  if (error !== null) return failedOutcome(loadId, error);
  const { kept = 0, changed = 0 } = counts ?? {};
  return outcomeOf(loadId, { state, records: added + kept, changed: added + changed });
}
