import type { Store } from '../../store/database.ts';
import type { Asking } from './asking.ts';
import type { BatchWriter } from './batch-writer.ts';
import type { Claims } from './claims.ts';

/** One batch under way: how it asks, and where what comes goes. */
export interface OpenBatch {
  readonly store: Store;
  readonly runId: string;
  readonly asking: Asking;
  readonly claims: Claims;
  readonly writer: BatchWriter;
}
