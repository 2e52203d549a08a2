import fc from 'fast-check';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import type { Store } from '../../src/store/database.ts';
import { transaction, type Transaction } from '../../src/store/transaction.ts';

/** What writers may do to what is known of instruments, each in a transaction of its own. */
export interface Operation {
  readonly label: string;
  readonly act: (tx: Transaction, ids: readonly number[]) => Promise<unknown>;
}

export const knownRange = { from: '2024-01-02', to: '2024-01-10' } as const;
export const knownSessions = sessionDatesBetween(knownRange);
export const knownSession = fc.constantFrom(...knownSessions);
export const knownRun = '00000000-0000-4000-8000-000000000001';

/** One of the instruments, a few of them often; several places are the same one where there are few. */
export const place = fc.oneof({ weight: 2, arbitrary: fc.nat({ max: 7 }) }, fc.nat({ max: 59 }));
export const idAt = (ids: readonly number[], at: number) => ids[at % ids.length] ?? NaN;

/** Whole seconds, few of them: answers often share one. */
export const observed = fc
  .nat({ max: 39 })
  .map((second) => `2024-02-05T12:00:${String(second).padStart(2, '0')}.000Z`);

export const knownSeries = fc.record({
  source: fc.constantFrom('polygon' as const, 'yahoo' as const),
  interval: fc.constantFrom('1d' as const, '1h' as const),
});

/** Writes one after the other; what two writers deadlock over, or call alike at once, is lost by one of them, as anywhere. */
export async function write(
  store: Store,
  ids: readonly number[],
  operations: readonly Operation[],
): Promise<void> {
  for (const { label, act } of operations) {
    try {
      await transaction(store, (tx) => act(tx, ids));
    } catch (error) {
      if (!isLost(error)) throw new Error(`failed: ${label}`, { cause: error });
    }
  }
}

function isLost(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  return (
    error.code === '40P01' ||
    // Who moves what lies under the wrong instrument does not wait for others.
    error.code === '55P03' ||
    (error.code === '23505' && 'constraint' in error && error.constraint === 'instruments_active')
  );
}
