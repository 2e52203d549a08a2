import type { IndicatorState } from '../../domain/indicator-freshness.ts';
import { firstRow } from '../../indicators/indicator.ts';
import { indicators } from '../../indicators/registry.ts';
import type { LoadOutcome } from '../../store/record-outcomes.ts';
import type { LoadError } from '../../domain/load-error.ts';

/** Rows that the slowest of the indicators needs for its first value. */
const warmUpRows = 1 + Math.max(...indicators.map(firstRow));

/** What was done for one load. */
interface ComputedLoad {
  /** Null: there is no bar. */
  readonly state: IndicatorState | null;
  readonly records: number;
  readonly changed: number;
}

/** What the ledger says of a load: rows that lack values for a missing session make it partial. */
export function outcomeOf(loadId: number, { state, records, changed }: ComputedLoad): LoadOutcome {
  const done = { loadId, records, changed, settled: 0 };
  if (state === null) {
    const error: LoadError = { kind: 'NoBars', message: 'there is no bar to compute from' };
    return { ...done, status: 'failed', error };
  }
  return { ...done, status: state.missing > 0 ? 'partial' : 'success', error: lackOf(state) };
}

export function failedOutcome(loadId: number, message: string): LoadOutcome {
  return refusedOutcome(loadId, { kind: 'ComputationFailed', message });
}

export function refusedOutcome(loadId: number, error: LoadError): LoadOutcome {
  return { loadId, records: 0, changed: 0, settled: 0, status: 'failed', error };
}

/** Why values lack, as the rows themselves say it; null: none does that could be there. */
function lackOf({ missing, firstMissing, digest }: IndicatorState): LoadError | null {
  if (missing > 0) {
    const sessions = missing === 1 ? 'one session has' : `${missing} sessions have`;
    const message = `${sessions} no bar, the first is ${firstMissing ?? ''}: values lack until it is filled`;
    return { kind: 'partial', message };
  }
  if (digest.bars >= warmUpRows) return null;
  return { kind: 'warming_up', message: `${digest.bars} bars, some values need ${warmUpRows}` };
}
