import type { RunLine } from '../../store/ledger/list-runs.ts';
import type { RunParts, RunRecord } from '../../store/ledger/read-run.ts';

/** A run, and all that its tabs have in common. */
export interface ShownRun {
  readonly line: RunLine;
  readonly record: RunRecord;
  readonly parts: RunParts;
  /** What its flow took of late; null: nobody knows. */
  readonly usualSeconds: number | null;
  /** What failed of it has come later. */
  readonly isMadeGood: boolean;
}
