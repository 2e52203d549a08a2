import type { RunSessions } from '../../runs/run.ts';
import type { Generated, JSONColumnType } from 'kysely';
import type { Interval } from '../../domain/interval.ts';
import type { LoadErrorKind } from '../../domain/load-error.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant, NullableInstant } from './instants.ts';

export type LoadStatus = 'pending' | 'running' | 'success' | 'partial' | 'failed' | 'cancelled';

export interface LoadRunsTable {
  id: Generated<number>;
  workflow_id: string;
  run_id: string;
  symbol: string;
  instrument_id: number | null;
  data_source: SourceName | 'indicators';
  interval: Interval;
  range_start: SessionDate;
  range_end: SessionDate;
  records_count: Generated<number>;
  changed_count: Generated<number>;
  settled_count: Generated<number>;
  status: LoadStatus;
  /** A `LoadErrorKind`; of what a run left open when it ended early, whatever failure ended it. */
  error_kind: string | null;
  error_message: string | null;
  attempts: Generated<number>;
  started_at: NullableInstant;
  completed_at: NullableInstant;
}

export interface LoadRequestsTable {
  id: Generated<number>;
  run_id: string;
  wave: number;
  batch: number;
  load_id: number | null;
  ticker: string | null;
  range_start: SessionDate;
  range_end: SessionDate;
  status: 'pending' | 'done' | 'failed';
  requests: Generated<number>;
  error_kind: LoadErrorKind | null;
  error_message: string | null;
  asked_at: NullableInstant;
  asked_lane: string | null;
  closed_at: NullableInstant;
}

/** A run that has not ended; `cancelling`: it was told to end, and what is under way ends first. */
export type OpenRunStatus = 'running' | 'paused' | 'cancelling';
/** `terminated`: somebody else has ended it in Temporal, or it was lost there. */
export type EndedRunStatus = 'completed' | 'failed' | 'cancelled' | 'terminated';
export type RunStatus = OpenRunStatus | EndedRunStatus;

export interface RunsTable {
  run_id: string;
  workflow_id: string;
  /** Temporal's, that it runs in. */
  namespace: Generated<string>;
  /** What that server calls it, like no other does; null: not known. */
  namespace_id: string | null;
  flow: string;
  parameters: JSONColumnType<object>;
  sessions: JSONColumnType<RunSessions>;
  status: RunStatus;
  /** A schedule, a person at a host, another run, or a client of Temporal; null: not known. */
  started_by: string | null;
  /** The run that had this one done beside its own work; null: it is no child. */
  parent_run_id: string | null;
  started_at: Instant;
  closed_at: NullableInstant;
  requests: Generated<number>;
  lookups: Generated<number>;
  summary: JSONColumnType<object> | null;
}

export interface EndpointComparisonsTable {
  run_id: string;
  instrument_id: number;
  session_date: SessionDate;
  outcome: 'same' | 'differs' | 'failed';
  compared_at: Generated<Date>;
}

export interface RunEventsTable {
  id: Generated<number>;
  run_id: string;
  at: Generated<Date>;
  level: 'info' | 'warn' | 'error';
  symbol: string | null;
  message: string;
  data: JSONColumnType<object> | null;
}

export interface RejectedRowsTable {
  id: Generated<number>;
  run_id: string | null;
  source: SourceName;
  symbol: string | null;
  instrument_id: number | null;
  interval: Interval | null;
  session_date: SessionDate | null;
  opens_at: NullableInstant;
  field: string;
  reason: string;
  row: JSONColumnType<object>;
  observed_at: NullableInstant;
  rejected_at: Generated<Date>;
  /** Null: it is in quarantine, or was when nobody settled anything. */
  settled_at: NullableInstant;
  settled_as: 'repaired' | 'released' | 'rejected' | null;
}
