import type { Generated } from 'kysely';
import type { SessionDate } from '../../domain/session.ts';
import type { MissingReason } from '../../domain/blocked.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Instant, NullableInstant } from './instants.ts';

/** Beside these a column of each indicator: their names are the indicators' own (`indicatorColumns`). */
interface IndicatorRow {
  instrument_id: number;
  source: SourceName;
  session_date: SessionDate;
  parameters_version: string;
  reason: MissingReason | null;
  split_basis: SessionDate | null;
  run_id: string;
  computed_at: Instant;
  extra: Readonly<Record<string, number | null>> | null;
}

export interface IndicatorsTable extends IndicatorRow {
  known_from: Generated<Date>;
}

export interface IndicatorRevisionsTable extends IndicatorRow {
  replaced_at: Instant;
  replaced_by: string;
}

export interface IndicatorStatesTable {
  instrument_id: number;
  source: SourceName;
  parameters_version: string | null;
  computed_from: SessionDate | null;
  computed_through: SessionDate | null;
  bars: Generated<number>;
  observed_sum: Generated<number>;
  basis_sum: Generated<number>;
  blocked_sum: Generated<number>;
  absences: Generated<number>;
  expected: Generated<number>;
  splits: Generated<string>;
  missing: Generated<number>;
  first_missing: SessionDate | null;
  signs: Buffer | null;
  extra_version: string | null;
  extra_through: SessionDate | null;
  run_id: string | null;
  computed_at: NullableInstant;
}
