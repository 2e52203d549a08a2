import type { BarField } from '../../domain/blocked.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Known } from './market.ts';

export interface BarCorrectionsTable extends Known {
  instrument_id: number;
  source: SourceName;
  session_date: SessionDate;
  field: BarField;
  value: number;
  observed: number;
  taken_from: SourceName | null;
  finding_id: number | null;
  person: string;
  reason: string;
}

export interface ConsumerSourcesTable {
  position: number;
  source: SourceName;
}

export interface MarketScoresTable {
  source: SourceName;
  session_date: SessionDate;
  score: number;
}

export interface SourceAgreementTable {
  instrument_id: number;
  source: SourceName;
  other_source: SourceName;
  month: SessionDate;
  field: BarField;
  within: number;
  beyond: number;
  run_id: string;
}
