import type { Store } from '../../store/database.ts';
import { writeContained } from './contained-write.ts';
import type { Loaded } from './load-outcomes.ts';
import type { WriteOrigin } from './write-loaded.ts';

export interface BatchWriter {
  /** Hands over what one request brought; waits for the write when there is much. */
  add(loaded: Loaded): Promise<void>;
  /** Writes the rest. Throws what an earlier write failed with. */
  flush(): Promise<void>;
}

const maxRows = 20_000;
const maxRequests = 100;
/** What comes within so long is written together. */
const gatherMs = 500;

/**
 * Gathers what requests brought and writes it in transactions of bars, absences, ledger and request state together,
 * one at a time. What cannot be stored is said of its load, and stops no other; after a write has failed for a cause that
 * may pass nothing more is written: the batch is going to be done again.
 */
export function createBatchWriter(store: Store, origin: WriteOrigin): BatchWriter {
  let buffer: Loaded[] = [];
  let rows = 0;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  function write(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = buffer;
    buffer = [];
    rows = 0;
    if (batch.length > 0) writing = writing.then(() => writeContained(store, origin, batch));
    return writing;
  }

  return {
    async add(loaded) {
      buffer.push(loaded);
      rows += loaded.bars?.bars.length ?? 0;
      if (rows >= maxRows || buffer.length >= maxRequests) await write();
      // A failure is thrown by the next call; until then it must not count as unhandled.
      else timer ??= setTimeout(() => void write().catch(() => undefined), gatherMs);
    },
    flush: write,
  };
}
