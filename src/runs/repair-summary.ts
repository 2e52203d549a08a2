import type { CellCounts, GapReason } from '../domain/gap.ts';

/** What lacked and might be had before a repair asked. */
export interface CellsBefore {
  /** Cells that asking may help. */
  readonly missing: number;
  /** Cells with a bar. */
  readonly present: number;
}

/** What has become of it: `missing` is the sum of the three, unless others write meanwhile. */
export interface RepairOutcome {
  readonly missing: number;
  /** They have a bar now. */
  readonly came: number;
  /** They lack for a reason now, as an answer has told it. */
  readonly explained: number;
  /** Asking may still help them. */
  readonly remains: number;
  /** Why what remains lacks: cells by reason. */
  readonly reasons: Readonly<Partial<Record<GapReason, number>>>;
}

/** A run that a repair has started, or joined, and what it ended with; null: all is well. */
export interface RepairingRun {
  readonly workflowId: string;
  readonly error: string | null;
}

/** What a repair ends with. */
export interface RepairSummary extends RepairOutcome {
  readonly runs: readonly RepairingRun[];
  /** When what remains is asked again, ISO 8601. */
  readonly againAt: readonly string[];
}

/** What asking again ends with. */
export interface ReaskSummary {
  /** How often it has asked. */
  readonly rounds: number;
  /** Null: it was to ask no more. */
  readonly remains: number | null;
  /** Findings that tell people of it. */
  readonly told: number;
}

/** The cells with a bar among counted ones. */
export function presentCells({ settled, provisional }: CellCounts): number {
  return settled + provisional;
}
