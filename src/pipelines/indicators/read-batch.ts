import { firstKnown } from '../../domain/session.ts';
import type { DayRange } from '../../domain/session-days.ts';
import { extraVersion } from '../../indicators/extra/extras.ts';
import { parametersVersion } from '../../indicators/registry.ts';
import { absentRanges } from '../../store/absent-ranges.ts';
import { blockedRanges } from '../../store/blocked-fields.ts';
import { copyBars, effectiveSplits } from '../../store/bar-series.ts';
import { claimStates } from '../../store/indicator-states.ts';
import type { OpenLoad } from '../../store/open-loads.ts';
import { seriesEnd } from './compute-batch.ts';
import type { ThreadJob } from './compute-thread.ts';
import { listedUntil } from './listing.ts';
import type { BatchWish } from './plan-batches.ts';
import type { Transaction } from '../../store/transaction.ts';

/** Reads all that the computation of a batch needs, and claims the states of its series until the transaction ends. */
export async function readBatch(
  tx: Transaction,
  { runId, source, extra, ...range }: BatchWish,
  loads: readonly OpenLoad[],
): Promise<ThreadJob> {
  const wish = { ...range, parametersVersion, extraVersion: extra ? extraVersion : null };
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const states = await claimStates(tx, source, instrumentIds);
  const endOf = (instrumentId: number) => seriesEnd(states.get(instrumentId) ?? null, wish);
  const splits = await effectiveSplits(tx, instrumentIds);
  const blocked = await blockedRanges(tx, source, instrumentIds);
  const absences = new Map<number, readonly DayRange[]>();
  const bars: Uint8Array<ArrayBuffer>[] = [];
  for (const [through, ids] of Map.groupBy(instrumentIds, endOf)) {
    const lacking = {
      instrumentIds: ids,
      source,
      interval: '1d',
      range: { from: firstKnown, to: through },
    } as const;
    for (const [id, ranges] of await absentRanges(tx, lacking)) absences.set(id, ranges);
    bars.push(await copyBars(tx, { instrumentIds: ids, source, through }));
  }
  const instruments = loads.map(({ instrumentId, ...listing }) => {
    return {
      instrumentId,
      state: states.get(instrumentId) ?? null,
      splits: splits.get(instrumentId) ?? [],
      absences: absences.get(instrumentId) ?? [],
      blocked: blocked.get(instrumentId) ?? [],
      listedUntil: listedUntil(listing),
    };
  });
  const extraField = extra || instruments.some(({ state }) => state !== null && state.extra !== null);
  return { bars, work: { source, runId, computedAtMs: Date.now(), wish, instruments, extraField } };
}
