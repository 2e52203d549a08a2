import { setTimeout as delay } from 'node:timers/promises';
import { searchAttributes } from './names.ts';
import { grpcStatus, refusalOf } from './server-refusals.ts';

/** How long, and how often, what a server does not know yet is tried. */
export interface Patience {
  /** 60 s. */
  readonly deadlineMs?: number;
  /** 250 ms. */
  readonly everyMs?: number;
}

/**
 * Does what uses our search attributes. A server needs a moment until it knows those that were just added, each of its
 * frontends its own: until the deadline it is tried again. Throws what it fails with otherwise, and at the end.
 */
export async function whileUnmapped<T>(
  work: () => Promise<T>,
  { deadlineMs = 60_000, everyMs = 250 }: Patience = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnmapped(error) || performance.now() >= end) throw error;
      await delay(everyMs);
    }
  }
}

/** True for the refusal of a server that does not know one of our attributes. */
function isUnmapped(error: unknown): boolean {
  if (grpcStatus(error) !== 'INVALID_ARGUMENT') return false;
  const said = refusalOf(error);
  return Object.keys(searchAttributes).some((name) => new RegExp(`\\b${name}\\b`).test(said));
}
