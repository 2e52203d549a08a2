import { noRefusals, type ProviderRefusals } from '../../store/provider-refusals.ts';
import { sharedReading } from './shared-reading.ts';

/** How a provider stands, for all that are about to ask it. */
export interface RefusalWatch {
  current(): Promise<ProviderRefusals>;
  /** What was read so far is of before what this process has just written. */
  changed(): void;
}

/** For so long nobody reads again after there was no refusal: a request is on its way for longer. */
const quietMs = 20;

/** `now` in milliseconds that only go forward. */
export function watchRefusals(read: () => Promise<ProviderRefusals>, now: () => number): RefusalWatch {
  const shared = sharedReading(read);
  let changes = 0;
  let quietUntil = -Infinity;
  return {
    async current() {
      while (now() >= quietUntil) {
        const before = changes;
        const refusals = await shared();
        if (changes !== before) continue;
        if (refusals.count > 0) return refusals;
        quietUntil = now() + quietMs;
      }
      return noRefusals;
    },
    changed() {
      changes += 1;
      quietUntil = -Infinity;
    },
  };
}
