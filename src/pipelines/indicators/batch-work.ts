import type { BlockedRange } from '../../domain/blocked.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { EffectiveSplit, IndicatorState, IndicatorWish } from '../../domain/indicator-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { DayRange } from '../../domain/session-days.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Refusal } from '../../indicators/extra/compute-extras.ts';

/** One instrument of a batch, and what the store knows of it beside its bars. */
export interface InstrumentWork {
  readonly instrumentId: number;
  /** Null: nothing is stored of it. */
  readonly state: IndicatorState | null;
  readonly splits: readonly EffectiveSplit[];
  /** The sessions that are known to have no bar. */
  readonly absences: readonly DayRange[];
  /** What of its bars is known to be wrong. */
  readonly blocked: readonly BlockedRange[];
  /** The last date on which a session is expected; null: that of the last bar. */
  readonly listedUntil: SessionDate | null;
}

/** What a thread computes: everything that it needs, the bars apart. */
export interface BatchWork {
  readonly source: SourceName;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly computedAtMs: number;
  readonly wish: IndicatorWish;
  readonly instruments: readonly InstrumentWork[];
  /** Rows have a field for extras: wished, or to be taken away. */
  readonly extraField: boolean;
}

/** What became of one instrument; without a bar it has no state. */
export interface InstrumentResult {
  readonly instrumentId: number;
  readonly state: IndicatorState | null;
  /** Rows that were not there before, written as they are. */
  readonly added: number;
  /** The dates whose stored rows are among those that come, or go. */
  readonly due: readonly DateRange[];
  /** What went wrong; null: nothing. */
  readonly error: string | null;
  /** Extras that could not be computed. */
  readonly refusals: readonly Refusal[];
}

/** Rows as PostgreSQL's binary COPY: those that cannot be there yet, and those that may be. */
export interface ComputedBatch {
  readonly extraField: boolean;
  readonly added: Uint8Array<ArrayBuffer>;
  readonly staged: Uint8Array<ArrayBuffer>;
  readonly stagedRows: number;
  readonly results: readonly InstrumentResult[];
}
