import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant } from './instants.ts';

interface MonthTable {
  source: SourceName;
  interval: Interval;
  /** Its first day. */
  month: SessionDate;
}

/** Bit d - 1 of a mask is day d of the month. */
export interface CoverageMonthsTable extends MonthTable {
  instrument_id: number;
  settled: number;
  provisional: number;
  absent: number;
}

export interface CoverageVersionsTable extends MonthTable {
  version: number;
  changed_at: Instant;
}
