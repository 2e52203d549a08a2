import type { Generated, JSONColumnType } from 'kysely';
import type { CorporateActionKind } from '../../domain/corporate-action.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Severity } from '../../domain/severity.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant } from './instants.ts';

export type ActionStatus =
  'announced' | 'pending' | 'effective' | 'shadowed' | 'refused' | 'disputed' | 'withdrawn';

export interface CorporateActionsTable {
  id: Generated<number>;
  instrument_id: number;
  source: SourceName;
  provider_id: string | null;
  ticker: Generated<string | null>;
  kind: CorporateActionKind;
  ex_date: SessionDate;
  told_on: SessionDate | null;
  ratio: number | null;
  /** As paid on the ex-date; the told one is in shares of the basis. */
  amount: number | null;
  told_amount: number | null;
  amount_basis: SessionDate | null;
  adjusted_amount: number | null;
  currency: string | null;
  dividend_type: 'regular' | 'special' | null;
  frequency: number | null;
  declared_on: SessionDate | null;
  record_on: SessionDate | null;
  pay_on: SessionDate | null;
  status: ActionStatus;
  reason: string | null;
  shown: Generated<boolean>;
  run_id: string;
  observed_at: Instant;
  first_observed_at: Instant;
  known_from: Generated<Date>;
}

export interface CorporateActionRevisionsTable {
  action_id: number;
  ex_date: SessionDate;
  ratio: number | null;
  amount: number | null;
  observed_at: Instant;
  replaced_at: Instant;
  replaced_by: string;
  known_from: Instant;
}

export interface ActionListingsTable {
  action_id: number;
  run_id: string;
  missing_since: Instant | null;
}

export interface ActionSyncsTable {
  source: SourceName;
  synced_from: SessionDate;
  synced_through: SessionDate;
  splits_read_at: Instant | null;
  completed_at: Instant;
  known_from: Generated<Date>;
}

export interface QualityFindingsTable {
  id: Generated<number>;
  rule: string;
  severity: Severity;
  status: Generated<'open' | 'repaired' | 'accepted'>;
  instrument_id: number | null;
  source: SourceName | null;
  interval: Interval | null;
  range_start: SessionDate | null;
  range_end: SessionDate | null;
  evidence: JSONColumnType<object>;
  reason: string | null;
  run_id: string | null;
  found_at: Generated<Date>;
  seen_at: Generated<Date>;
}

export interface FindingEventsTable {
  id: Generated<number>;
  finding_id: number;
  event: 'opened' | 'seen' | 'repaired' | 'accepted' | 'reopened';
  at: Generated<Date>;
  run_id: string | null;
  person: string | null;
  reason: string | null;
  severity: Severity;
  evidence: JSONColumnType<object>;
}
