import type { Generated, JSONColumnType } from 'kysely';
import type { SourceName } from '../../domain/source.ts';
import type { Instant, NullableInstant } from './instants.ts';

export interface InstallationTable {
  singleton: Generated<boolean>;
  market: string;
  created_at: Generated<Date>;
}

export interface ReferenceSyncsTable {
  source: SourceName;
  list: 'active' | 'inactive';
  completed_at: Instant;
  instruments: number;
  doubted_days: Generated<number>;
  doubted_at: NullableInstant;
  doubted_instruments: number | null;
}

export interface ProviderBudgetsTable {
  provider: string;
  key_hash: string;
  base_url: string;
  next_slot_at: Instant;
  refusals: Generated<number>;
  blocked_until: NullableInstant;
  trial_by: string | null;
  trial_until: NullableInstant;
  live_waits_until: NullableInstant;
  background_waits_until: NullableInstant;
  live_lead: Generated<number>;
  counted_minute: NullableInstant;
  minute_requests: Generated<number>;
  counted_day: string | null;
  day_requests: Generated<number>;
}

export interface LateFiringsTable {
  launcher: string;
  flow: string;
  parameters: JSONColumnType<object>;
  nominal_time: Instant;
  beside: boolean;
  entered_at: Generated<Date>;
  seen_at: Generated<Date>;
  run: string | null;
  decided_at: NullableInstant;
  joined: JSONColumnType<object> | null;
}

export interface TurnsTable {
  name: string;
  holder: string;
  lane: string;
  held_until: Instant;
  done_at: NullableInstant;
}

export interface SchedulePausesTable {
  schedule_id: string;
  namespace_id: string;
  note: string;
  seen_at: Generated<Date>;
}

export interface WorkersTable {
  identity: string;
  /** Of the Temporal server that it works for; null: not known. */
  namespace_id: string | null;
  pool: string;
  market: string;
  base_urls: JSONColumnType<Record<string, string>>;
  key_fingerprint: string | null;
  host: string;
  pid: number;
  /** `host:port` of its page of metrics; null: it has none. */
  metrics_address: string | null;
  started_at: Generated<Date>;
  seen_at: Instant;
  stopped_at: NullableInstant;
}

export interface SnapshotsTable {
  name: string;
  as_of: Instant;
  created_at: Generated<Date>;
}

export interface ChangesTable {
  known_from: Instant;
}
