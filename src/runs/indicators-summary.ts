import type { RunSummary } from './run-summary.ts';
import type { SessionDate } from '../domain/session.ts';

/** The ingestion run that a calculation waited for, and how long. */
export interface AwaitedIngestion {
  readonly flow: string;
  readonly session: SessionDate;
  readonly seconds: number;
}

/**
 * What a calculation of indicators ends with: `totalRecords` rows computed, `changedRecords` rows inserted, changed or
 * taken away.
 */
export interface IndicatorsSummary extends RunSummary {
  /** The session that the rows go up to. */
  readonly calculationDate: SessionDate;
  /** Null: it did not wait. */
  readonly waitedFor: AwaitedIngestion | null;
  /** What it went on without; null: that session's ingestion had finished. */
  readonly wentOnWithout: string | null;
}
