import { sourcesWith, type SourceName } from '../src/domain/source.ts';
import type { SyncOutcome } from '../activities/reference.ts';
import { syncInstruments } from './activity-proxies.ts';

/** Some lists of one source. */
interface ListsWish {
  readonly source: SourceName;
  readonly lists: readonly ('active' | 'inactive')[];
}

/** Reads the lists of instruments of every source that has them, delisted ones included; or those that are wished. */
export async function syncUniverse(wish?: ListsWish): Promise<SyncOutcome> {
  const outcome = { instruments: 0, added: 0, retired: 0 };
  const whole = sourcesWith(({ reference }) => reference);
  for (const source of wish === undefined ? whole : [wish.source]) {
    for (const list of wish?.lists ?? (['active', 'inactive'] as const)) {
      const { instruments, added, retired } = await syncInstruments(null, list, source);
      outcome.instruments += instruments;
      outcome.added += added;
      outcome.retired += retired;
    }
  }
  return outcome;
}
