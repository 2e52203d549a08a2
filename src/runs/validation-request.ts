import type { QualityRule } from '../domain/quality-rule.ts';
import type { RowsWish } from './indicators-request.ts';
import type { AwaitedIngestion } from './indicators-summary.ts';
import type { Run } from './run.ts';

/** Which stored daily bars are judged, by which rules. */
export interface ValidationRequest {
  /** The schedule's time or the moment a person asked, ISO 8601. */
  readonly nominalTime: string;
  readonly rows: RowsWish;
  /** As typed; absent: everything that any source has. */
  readonly symbols?: readonly string[];
  readonly maxSymbols?: number;
  /** How long to wait for the session's bars and corporate actions; null: not at all. */
  readonly waitSeconds: number | null;
  /** Absent: all rules. */
  readonly checks?: readonly QualityRule[];
}

/** One execution of a validation. */
export type ValidationRun = Run<ValidationRequest>;

/** What a validation ends with: what became of findings by it, and what is open of its range and rules. */
export interface ValidationSummary {
  readonly sessions: number;
  /** Bars judged: one of each instrument, source and session. */
  readonly cells: number;
  readonly opened: number;
  readonly reopened: number;
  readonly repaired: number;
  readonly open: { readonly error: number; readonly warn: number; readonly info: number };
  /** Cells with an open error. */
  readonly blocked: number;
  /** Of a run that waited. */
  readonly waitedFor?: AwaitedIngestion | null;
  /** What such a run went on without; null: nothing. */
  readonly wentOnWithout?: string | null;
}
