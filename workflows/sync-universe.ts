import type { SyncOutcome } from '../activities/reference.ts';
import { syncInstruments } from './activity-proxies.ts';

/** Reads the provider's lists of instruments, delisted ones included. */
export async function syncUniverse(): Promise<SyncOutcome> {
  const active = await syncInstruments(null, 'active');
  const inactive = await syncInstruments(null, 'inactive');
  return {
    instruments: active.instruments + inactive.instruments,
    added: active.added + inactive.added,
    retired: active.retired,
  };
}
