import { sourcesWith } from '../src/domain/source.ts';
import { requireNoInput } from '../src/flows/input.ts';
import type { SyncOutcome } from '../activities/reference.ts';
import { syncInstruments } from './activity-proxies.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';

/** Reads the lists of instruments of every source that has them, delisted ones included. */
export const syncUniverse = endsOnErrors(async (...args: unknown[]): Promise<SyncOutcome> => {
  inputOrFailure(() => requireNoInput('syncUniverse', args));
  const outcome = { instruments: 0, added: 0, retired: 0 };
  for (const source of sourcesWith(({ reference }) => reference)) {
    for (const list of ['active', 'inactive'] as const) {
      const { instruments, added, retired } = await syncInstruments(null, list, source);
      outcome.instruments += instruments;
      outcome.added += added;
      outcome.retired += retired;
    }
  }
  return outcome;
});
