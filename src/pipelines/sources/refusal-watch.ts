import { noRefusals, type ProviderRefusals } from '../../store/provider-refusals.ts';
import { sharedReading } from './shared-reading.ts';

/** How a provider stands, for all that are about to ask it. */
export interface RefusalWatch {
  current(): Promise<ProviderRefusals>;
  /** What was read so far is of before what this process has just written. */
  changed(): void;
}

/** For so long nobody waits for another reading after there was no refusal: a request is on its way for longer. */
const quietMs = 20;
/** So long before its end the next reading begins, that whoever comes then need not wait for it. */
const aheadMs = 15;

/** `now` in milliseconds that only go forward. */
export function watchRefusals(read: () => Promise<ProviderRefusals>, now: () => number): RefusalWatch {
  const shared = sharedReading(read);
  let changes = 0;
  let quietUntil = -Infinity;
  let ahead: Promise<void> | null = null;

  /** Null: of before what this process has written meanwhile. */
  async function look(): Promise<ProviderRefusals | null> {
    const before = changes;
    const refusals = await shared();
    if (changes !== before) return null;
    quietUntil = refusals.count > 0 ? -Infinity : now() + quietMs;
    return refusals;
  }

  function lookAhead(): void {
    if (now() < quietUntil - aheadMs) return;
    const looked = () => {
      ahead = null;
    };
    // Where it fails the quiet ends, and who comes then reads, and is told, itself.
    ahead ??= look().then(looked, looked);
  }

  return {
    async current() {
      while (now() >= quietUntil) {
        if (ahead === null) {
          const refusals = await look();
          if (refusals !== null) return refusals;
        } else await ahead;
      }
      lookAhead();
      return noRefusals;
    },
    changed() {
      changes += 1;
      quietUntil = -Infinity;
    },
  };
}
